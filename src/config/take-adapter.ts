// `mode: continue`: `lora:` keys that the config leaves out come from the adapter; those it has must agree with it.
import type { Finding, Place } from '../diagnostics/finding.ts';
import { finding } from './finding.ts';
import type { RunConfig } from './schema/run.ts';
import { fromPlain, keyPlaceOf, type LocatedMap, mergeLocated, nodeAt, toPlain } from './source/located.ts';
import { validate } from './validate.ts';

/** Settings of training, which may differ from the adapter's, and those that a rule of their own refuses. */
const free = new Set(['lora_dropout', 'task_type', 'init_lora_weights']);

/** Settings that can say the same in several ways: what they match is compared (`compare`). */
const matching = new Set([
  'target_modules',
  'target_parameters',
  'exclude_modules',
  'modules_to_save',
  'layers_to_transform',
  'layers_pattern',
  'trainable_token_indices',
  'rank_pattern',
]);

export interface TakenAdapter {
  /** The config with the adapter's settings; null with findings. */
  config: RunConfig | null;
  findings: Finding[];
  /** Settings that differ in form from the adapter's, with both values: they must match the same modules. */
  compare: { name: string; written: unknown; adapter: unknown; at: Place }[];
}

/** Lays the config over the adapter's settings. `root`: the config as read; `name`: what messages call the adapter. */
export async function takeAdapter(
  root: LocatedMap,
  settings: Readonly<Record<string, unknown>>,
  name: string,
): Promise<TakenAdapter> {
  const findings: Finding[] = [];
  const compare: TakenAdapter['compare'] = [];
  const written = nodeAt(root, ['lora']);
  for (const [key, value] of Object.entries(written ? (toPlain(written) as object) : {})) {
    if (free.has(key) || same(value, settings[key] ?? neutral(key))) continue;
    const at = keyPlaceOf(root, ['lora', key]);
    if (matching.has(key)) compare.push({ name: key, written: value, adapter: settings[key] ?? null, at });
    else findings.push(disagreement(key, value, settings[key], name, at));
  }
  if (findings.length > 0) return { config: null, findings, compare };
  const at = keyPlaceOf(root, ['init_adapter']);
  const validated = await validate(mergeLocated(fromPlain({ lora: settings }, at) as LocatedMap, root));
  return { ...validated, compare };
}

/** C017: the config and the adapter say different things. */
export function disagreement(
  key: string,
  written: unknown,
  adapter: unknown,
  name: string,
  at: Place,
): Finding {
  return finding(
    'C017',
    at,
    `\`lora.${key}\` is ${JSON.stringify(written)} here and ${JSON.stringify(adapter ?? neutral(key) ?? null)} in ${name}`,
    'an adapter that is trained further keeps its settings: remove the key; or write `init_adapter: { from: …, mode: fuse }` to train a new adapter with its own settings',
  );
}

/** The meaning of a field that an adapter leaves out. */
function neutral(key: string): unknown {
  if (key === 'bias') return 'none';
  if (key === 'rank_pattern' || key === 'alpha_pattern') return {};
  return ['use_rslora', 'use_dora', 'lora_bias', 'ensure_weight_tying'].includes(key) ? false : undefined;
}

/** Lists of names are sets. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (String(a) < String(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [key, sorted(each)]);
}
