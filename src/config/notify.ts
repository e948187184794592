// `notify:` of lorch.yaml: who is told when a run ends.
import type { Finding } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { unknownKeys } from './known-keys.ts';
import { isNull, type Located, type LocatedEntry } from './source/located.ts';

export type EndWord = 'succeeded' | 'failed' | 'cancelled' | 'lost';

export interface NotifySettings {
  /** How a run must have ended. */
  on: EndWord[];
  /** A line for `sh`; null: none. */
  command: string | null;
  /** Name of the environment variable that holds the webhook's address; null: none. */
  webhook: string | null;
}

const outcomes: readonly EndWord[] = ['succeeded', 'failed', 'cancelled', 'lost'];
const usualOutcomes: readonly EndWord[] = ['succeeded', 'failed', 'lost'];
const keys = ['on', 'command', 'webhook'];

/** Reads `notify:`; the settings are null if it is empty or there are findings (C010, C011). */
export function readNotify(node: Located): { settings: NotifySettings | null; findings: Finding[] } {
  if (isNull(node)) return { settings: null, findings: [] };
  if (node.kind !== 'map')
    return failed(node, '`notify` must be a mapping with `command`, `webhook` or both');
  const findings = unknownKeys(node, 'notify', keys);
  const on = readOn(node.entries.get('on'), findings);
  const command = readText(node.entries.get('command'), 'command', findings);
  const webhook = readWebhook(node.entries.get('webhook'), findings);
  if (findings.length > 0) return { settings: null, findings };
  if (command === null && webhook === null)
    return failed(node, '`notify` names neither a `command` nor a `webhook`, so nobody would be told');
  return { settings: { on, command, webhook }, findings };
}

function failed(node: Located, message: string): { settings: null; findings: Finding[] } {
  return { settings: null, findings: [finding('C011', node.at, message)] };
}

function readOn(entry: LocatedEntry | undefined, findings: Finding[]): EndWord[] {
  if (!entry || isNull(entry.value)) return [...usualOutcomes];
  const { value } = entry;
  const items = value.kind === 'list' ? value.items : [value];
  const found = items.flatMap((item) => outcomes.filter((each) => isText(item, each)));
  if (items.length === 0 || found.length < items.length)
    findings.push(finding('C011', value.at, `\`notify.on\` must be a list of ${outcomes.join(', ')}`));
  return found;
}

function isText(item: Located, text: string): boolean {
  return item.kind === 'scalar' && item.value === text;
}

function readText(entry: LocatedEntry | undefined, key: string, findings: Finding[]): string | null {
  if (!entry || isNull(entry.value)) return null;
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string' && value.value.trim() !== '')
    return value.value;
  findings.push(finding('C011', value.at, `\`notify.${key}\` must be a text`));
  return null;
}

// Whoever has the address of a webhook can post, so it is a secret.
function readWebhook(entry: LocatedEntry | undefined, findings: Finding[]): string | null {
  const text = readText(entry, 'webhook', findings);
  if (entry === undefined || text === null) return null;
  const name = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)?.[1];
  if (name) return name;
  findings.push(
    finding(
      'C011',
      entry.value.at,
      '`notify.webhook` must name an environment variable: whoever knows the address can post to it',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how it is written in lorch.yaml
      'write `webhook: ${LORCH_WEBHOOK}`, and set that variable to the address',
    ),
  );
  return null;
}
