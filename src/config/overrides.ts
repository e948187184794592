// `--set a.b=c`: the value is YAML, so `--set lora.target_modules=[q_proj,v_proj]` works too.
import type { Finding, Place } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import { hideSecrets, isSecretName } from './secrets.ts';
import { isNull, type Located, type LocatedMap, mergeLocated } from './source/located.ts';
import { parseYaml } from './source/parse-yaml.ts';

/** Applies every override to `root`, in order. Findings name `--set …` as their place. */
export function applyOverrides(
  root: LocatedMap,
  overrides: readonly string[],
): { root: LocatedMap; findings: Finding[] } {
  const findings: Finding[] = [];
  let result = root;
  for (const text of overrides) {
    const at: Place = { file: `--set ${hideOverride(text)}` };
    const equals = text.indexOf('=');
    const path = equals < 0 ? [] : text.slice(0, equals).trim().split('.');
    if (path.length === 0 || path.some((step) => step === '')) {
      findings.push(finding('C022', at, 'this is not `path=value`', 'for example: --set lora.r=32'));
      continue;
    }
    const { root: value, findings: faults } = parseYaml(text.slice(equals + 1), () => at);
    findings.push(...faults.map((each) => ({ ...each, at })));
    if (faults.length > 0) continue;
    const applied = setPath(result, path, value ?? { kind: 'scalar', at, value: null, plain: true }, at);
    if (applied.kind === 'problem') findings.push(finding('C022', at, applied.message));
    else result = applied as LocatedMap;
  }
  return { root: result, findings };
}

/** `root` with `value` at `path`: maps merge, null deletes, a number picks an item of a list. */
export function setPath(
  node: Located | undefined,
  path: readonly string[],
  value: Located,
  at: Place,
): Located | { kind: 'problem'; message: string } {
  const [step, ...rest] = path;
  if (step === undefined)
    return node?.kind === 'map' && value.kind === 'map' ? mergeLocated(node, value) : value;
  if (step === '__proto__') return { kind: 'problem', message: 'the key `__proto__` is not allowed' };
  if (node?.kind === 'list') {
    const index = /^\d+$/.test(step) ? Number(step) : -1;
    if (!node.items[index])
      return { kind: 'problem', message: `\`${step}\` is not an item of this list of ${node.items.length}` };
    const item = setPath(node.items[index], rest, value, at);
    if (item.kind === 'problem') return item;
    const items = isNull(item) ? node.items.toSpliced(index, 1) : node.items.with(index, item);
    return { ...node, items };
  }
  if (node?.kind === 'scalar' && !isNull(node))
    return { kind: 'problem', message: `\`${step}\` cannot be set inside a single value` };
  const entries = new Map(node?.kind === 'map' ? node.entries : []);
  const child = setPath(entries.get(step)?.value, rest, value, at);
  if (child.kind === 'problem') return child;
  if (rest.length === 0 && isNull(child) && entries.has(step)) entries.delete(step);
  else entries.set(step, { key: at, value: child });
  return { kind: 'map', at: node?.at ?? at, entries };
}

function hideOverride(text: string): string {
  const equals = text.indexOf('=');
  return equals >= 0 && isSecretName(text.slice(0, equals))
    ? `${text.slice(0, equals)}=…`
    : hideSecrets(text);
}
