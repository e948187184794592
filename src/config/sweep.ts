// One config with `sweep:` → several, in a stable order.
import { createHash } from 'node:crypto';
import type { Finding } from '../diagnostics/finding.ts';
import { describeIssue } from './describe-issue.ts';
import { finding } from './finding.ts';
import { setPath } from './overrides.ts';
import { type SweepSection, sweepSection } from './schema/sweep.ts';
import {
  isNull,
  keyPlaceOf,
  type Located,
  type LocatedList,
  type LocatedMap,
  nodeAt,
  toPlain,
} from './source/located.ts';
import { drawAssignments, gridAssignments } from './sweep-values.ts';

const maxRuns = 200;

/** Where a run stands in its sweep; `values` by dotted path. */
export interface SweepPlace {
  /** Hash of the sweep and of what it varies: the same file gives the same id. */
  id: string;
  /** From 0. */
  index: number;
  count: number;
  values: Record<string, unknown>;
}

export interface Variant {
  root: LocatedMap;
  sweep: SweepPlace | null;
}

/** The configs that `root` stands for: itself, or one for each combination that its `sweep:` asks for. */
export function expandSweep(root: LocatedMap): { variants: Variant[]; findings: Finding[] } {
  const entry = root.entries.get('sweep');
  const entries = new Map(root.entries);
  entries.delete('sweep');
  const base: LocatedMap = { ...root, entries };
  if (!entry || isNull(entry.value)) return { variants: [{ root: base, sweep: null }], findings: [] };
  const parsed = sweepSection.safeParse(toPlain(entry.value));
  if (!parsed.success) {
    const findings = parsed.error.issues.flatMap((issue) => describeIssue(issue, root, ['sweep']));
    return { variants: [], findings };
  }
  const findings = checkSweep(parsed.data, root);
  if (findings.length > 0) return { variants: [], findings };
  return makeVariants(parsed.data, entry.value, base, root);
}

function checkSweep(sweep: SweepSection, root: Located): Finding[] {
  const findings: Finding[] = [];
  const report = (path: string[], message: string, hint?: string, code = 'C023') =>
    findings.push(finding(code, keyPlaceOf(root, ['sweep', ...path]), message, hint));
  let runs = 1;
  for (const [path, values] of Object.entries(sweep.parameters)) {
    const here = ['parameters', path];
    if (!/^[^.]+(\.[^.]+)*$/.test(path)) report(here, `\`${path}\` is not the path of a setting`);
    if (/^(name|extends|sweep)(\.|$)/.test(path)) report(here, `a sweep cannot vary \`${path}\``);
    if (Array.isArray(values)) {
      runs *= values.length;
      const distinct = new Set(values.map((value) => JSON.stringify(value)));
      if (distinct.size < values.length)
        report(here, `\`${path}\` lists a value twice, which would make two equal runs`);
    } else if (sweep.method === 'grid')
      report(here, 'a grid needs a list of values', 'method: random draws from a range');
    else if (values.min >= values.max) report(here, `min ${values.min} must be below max ${values.max}`);
    else if (values.distribution === 'log_uniform' && values.min <= 0)
      report([...here, 'min'], 'log_uniform needs a min above 0');
  }
  if (sweep.method === 'random' && sweep.samples === undefined)
    report(['method'], 'a random sweep needs `samples`', 'samples: 10');
  if (sweep.method === 'grid')
    for (const name of ['samples', 'seed'] as const)
      if (sweep[name] !== undefined)
        report([name], `${name} is used with method: random only`, undefined, 'C018');
  if (sweep.method === 'grid' && runs > maxRuns)
    report(
      ['parameters'],
      `the grid has ${runs} runs; the limit is ${maxRuns}`,
      'method: random, samples: 50',
      'C024',
    );
  return findings;
}

function makeVariants(
  sweep: SweepSection,
  node: Located,
  base: LocatedMap,
  root: Located,
): { variants: Variant[]; findings: Finding[] } {
  const lists = new Map<string, LocatedList>();
  for (const path of Object.keys(sweep.parameters)) {
    const list = nodeAt(node, ['parameters', path]);
    if (list?.kind === 'list') lists.set(path, list);
  }
  const assignments = sweep.method === 'grid' ? gridAssignments(sweep) : drawAssignments(sweep);
  const findings: Finding[] = [];
  if (sweep.samples !== undefined && assignments.length < sweep.samples)
    findings.push(
      finding(
        'C023',
        keyPlaceOf(root, ['sweep', 'samples']),
        `only ${assignments.length} different runs can be drawn, and samples asks for ${sweep.samples}`,
      ),
    );
  const id = sweepId(sweep, base);
  const suffixes = nameSuffixes(assignments);
  const variants = assignments.map((values, index): Variant => {
    let result: LocatedMap = base;
    for (const [path, value] of Object.entries(values)) {
      const at = keyPlaceOf(root, ['sweep', 'parameters', path]);
      const set = setPath(
        result,
        path.split('.'),
        locatedValue(value, lists.get(path), sweep.parameters[path], at),
        at,
      );
      if (set.kind === 'problem') findings.push(finding('C023', at, `\`${path}\`: ${set.message}`));
      else result = set as LocatedMap;
    }
    return {
      root: rename(result, suffixes[index] ?? ''),
      sweep: { id, index, count: assignments.length, values },
    };
  });
  return { variants, findings };
}

/** A listed value keeps its place in the file; a drawn one stands where its range does. */
function locatedValue(
  value: unknown,
  list: LocatedList | undefined,
  values: unknown,
  at: Located['at'],
): Located {
  const item = Array.isArray(values) ? list?.items[values.indexOf(value)] : undefined;
  return item ?? { kind: 'scalar', at, value: value as number, plain: true };
}

function sweepId(sweep: SweepSection, base: LocatedMap): string {
  const content = JSON.stringify([sortKeys(sweep), sortKeys(toPlain(base))]);
  return `sweep-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => [key, sortKeys(item)]);
}

/** `-r16-learning_rate0.0002` if that is short and tells the runs apart, else `-01`. */
function nameSuffixes(assignments: Record<string, unknown>[]): string[] {
  const spoken = assignments.map((values) =>
    Object.entries(values)
      .map(
        ([path, value]) =>
          `-${path.slice(path.lastIndexOf('.') + 1)}${typeof value === 'object' ? '{}' : value}`,
      )
      .join(''),
  );
  const good = spoken.every((suffix) => /^[A-Za-z0-9._-]{1,40}$/.test(suffix));
  if (good && new Set(spoken).size === spoken.length) return spoken;
  const width = String(assignments.length).length;
  return assignments.map((_, i) => `-${String(i + 1).padStart(Math.max(2, width), '0')}`);
}

function rename(root: LocatedMap, suffix: string): LocatedMap {
  const entry = root.entries.get('name');
  if (entry?.value.kind !== 'scalar' || typeof entry.value.value !== 'string') return root;
  const name: Located = { ...entry.value, value: entry.value.value + suffix };
  return { ...root, entries: new Map(root.entries).set('name', { key: entry.key, value: name }) };
}
