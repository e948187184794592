// `hosts:` of lorch.yaml: other machines, by the name that `resources.host` uses.
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { unknownKeys } from './known-keys.ts';
import { isNull, type Located, type LocatedMap } from './source/located.ts';

export interface HostSettings {
  name: string;
  /** As ssh takes it: an alias of ssh_config, or user@machine. */
  ssh: string;
  /** Absolute: its folder for lorch there. */
  dir: string;
  /** What is run there when the last attempt has ended; null: nothing. */
  onDone: string | null;
  /** Run folders stay there after their results are fetched. */
  keepRemote: boolean;
}

const keys = ['ssh', 'dir', 'on_done', 'keep_remote'];
const nameGrammar = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Reads `hosts:`; the hosts are empty if there are findings (C010, C011). */
export function readHosts(node: Located): { hosts: HostSettings[]; findings: Finding[] } {
  if (isNull(node)) return { hosts: [], findings: [] };
  if (node.kind !== 'map')
    return { hosts: [], findings: [finding('C011', node.at, '`hosts` must be a mapping of names to hosts')] };
  const findings: Finding[] = [];
  const hosts = [...node.entries].flatMap(([name, entry]) => {
    if (!nameGrammar.test(name) || name === 'local') {
      const why = name === 'local' ? 'this machine has that name' : 'use letters, digits, `.`, `_` and `-`';
      findings.push(finding('C011', entry.key, `\`${name}\` cannot be the name of a host: ${why}`));
      return [];
    }
    if (entry.value.kind === 'map') return readHost(name, entry.value, findings);
    findings.push(
      finding('C011', entry.value.at, `\`hosts.${name}\` must be a mapping with \`ssh\` and \`dir\``),
    );
    return [];
  });
  return { hosts: findings.length > 0 ? [] : hosts, findings };
}

function readHost(name: string, map: LocatedMap, findings: Finding[]): HostSettings[] {
  findings.push(...unknownKeys(map, `hosts.${name}`, keys));
  const text = (key: string): string | null => {
    const node = map.entries.get(key)?.value;
    if (!node || isNull(node)) return null;
    if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') return node.value;
    findings.push(finding('C011', node.at, `\`hosts.${name}.${key}\` must be a text`));
    return '';
  };
  const at = (key: string) => map.entries.get(key)?.value.at ?? map.at;
  const [ssh, dir, onDone] = [text('ssh'), text('dir'), text('on_done')];
  if (ssh === null)
    findings.push(finding('C011', map.at, `\`hosts.${name}\` must say \`ssh\`: what you type after \`ssh\``));
  // ssh would take it for an option.
  else if (/^-|\s/.test(ssh))
    findings.push(finding('C011', at('ssh'), `\`${ssh}\` is not a machine that ssh can reach`));
  if (dir === null || (dir !== '' && !/^\/./.test(dir)))
    findings.push(
      finding(
        'C011',
        at('dir'),
        `\`hosts.${name}.dir\` must be an absolute path: a folder there for lorch`,
        `\`ssh ${ssh || name} pwd\` shows your home folder there`,
      ),
    );
  const keep = map.entries.get('keep_remote')?.value;
  const keepRemote = keep?.kind === 'scalar' && keep.value === true;
  if (keep && !keepRemote && !(isNull(keep) || (keep.kind === 'scalar' && keep.value === false)))
    findings.push(finding('C011', keep.at, `\`hosts.${name}.keep_remote\` must be true or false`));
  return [{ name, ssh: ssh ?? '', dir: (dir ?? '').replace(/\/+$/, ''), onDone, keepRemote }];
}
