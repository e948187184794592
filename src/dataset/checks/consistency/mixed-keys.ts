import { createFrequentValues, type FrequentValue } from '../../across/frequent-values.ts';
import { sampleRows } from '../../across/sample-rows.ts';
import { countOf, quote } from '../../across/wording.ts';
import type { Check } from '../check.ts';

const kinds = 1_000;
const reported = 10;
const longest = 1_000;
const separator = '\u0000';
// Alternative names for the same field; a row needs only one of them.
const aliases: readonly (readonly string[])[] = [
  ['instruction', 'prompt', 'question', 'query'],
  ['input', 'context'],
  ['output', 'response', 'completion', 'answer'],
  ['system', 'system_prompt'],
  ['messages', 'conversations', 'conversation'],
];
const aliasOf = new Map(aliases.flatMap((names) => names.map((name) => [name, names] as const)));
// The presence of these keys has a meaning that other checks examine.
const optional = new Set(['system', 'system_prompt', 'tools', 'lorch']);

export const mixedKeys: Check = {
  code: 'D159',
  name: 'mixed-keys',
  severity: 'note',
  group: 'consistency',
  title: 'Rows have different keys.',
  prose:
    'The same thing has one name in most rows and another in a few (`prompt` for `instruction`), or a key is in nearly all rows and is missing in a few. lorch reads such rows; other tools fill the gaps with nothing, or stop. Usually someone joined files of several sources. lorch only compares rows of the same format.',
  hint: 'give all rows the same keys; `lorch data convert` writes them alike',
  thresholds: {
    share: {
      default: 0.9,
      doc: 'share of the rows that must have a key before the others stand out',
    },
    rows: { default: 20, doc: 'rows at the least' },
  },
  bad: [
    {
      text: sampleRows(({ instruction, ...row }, i) =>
        i === 2 ? { prompt: instruction, ...row } : { instruction, ...row },
      ),
    },
    { text: sampleRows(({ input, ...row }, i) => (i === 2 ? row : { ...row, input })) },
  ],
  good: [sampleRows(), sampleRows(({ input: _none, ...row }) => row)],
  across: ({ share = 1, rows = 0 }) => ({
    trait: (_example, row, format) => traitOf(row, format),
    collect() {
      const sets = createFrequentValues({ limit: kinds });
      return {
        add: sets.add,
        end(report) {
          const groups = groupByFormat(sets.atLeast(1));
          const found = groups.flatMap((group) => {
            // If there are more kinds than are counted, the sum of a group would be too low.
            const total =
              groups.length === 1 ? sets.total() : group.reduce((sum, { count }) => sum + count, 0);
            return total < rows ? [] : compareKeys(group, total, share).map((each) => ({ ...each, total }));
          });
          for (const { message, count, at, total } of found.slice(0, reported))
            report(at, message, { rows: count, of: total });
        },
      };
    },
  }),
};

const wholeRow = { message: -1 };
let lastKeys: readonly string[] = [];
let lastFormat = '';
let lastTrait = { value: '', spot: wholeRow };

// Most rows have the same keys as the previous row, so reuse its joined text.
function traitOf(row: Readonly<Record<string, unknown>>, format: string): typeof lastTrait {
  const keys = Object.keys(row);
  let same = 0;
  while (same < keys.length && keys[same] === lastKeys[same]) same += 1;
  if (same < keys.length || same < lastKeys.length || format !== lastFormat) {
    lastKeys = keys;
    lastFormat = format;
    lastTrait = { value: [format, ...keys].join(separator).slice(0, longest), spot: wholeRow };
  }
  return lastTrait;
}

// Sources of a mixture can have different formats, and so different keys.
function groupByFormat(sets: readonly FrequentValue[]): FrequentValue[][] {
  const groups = new Map<string, FrequentValue[]>();
  for (const set of sets) {
    const at = set.value.indexOf(separator);
    const format = set.value.slice(0, at);
    const group = groups.get(format) ?? [];
    groups.set(format, group);
    group.push({ ...set, value: set.value.slice(at + 1) });
  }
  return [...groups.values()];
}

interface KeySet {
  keys: ReadonlySet<string>;
  count: number;
  rows: number[];
}

function compareKeys(sets: readonly FrequentValue[], total: number, share: number): Found[] {
  const split = sets.map(({ value, count, rows }) => ({
    keys: new Set(value.split(separator)),
    count,
    rows,
  }));
  const having = new Map<string, number>();
  for (const { keys, count } of split)
    for (const key of keys) having.set(key, (having.get(key) ?? 0) + count);
  const renamed = aliases.flatMap((names) => {
    const [usual, ...others] = names
      .filter((name) => having.has(name))
      .sort((a, b) => (having.get(b) ?? 0) - (having.get(a) ?? 0));
    return others.flatMap((name) => {
      const found = gather(split.filter(({ keys }) => keys.has(name) && !keys.has(usual ?? '')));
      const message = `${countOf(found.count, total, 'rows')} have ${quote(name)}; others have ${quote(usual ?? '')} instead.`;
      return found.count > 0 ? [{ ...found, message }] : [];
    });
  });
  const missing = [...having].flatMap(([key, count]) => {
    if (count === total || count < share * total || optional.has(key)) return [];
    // A row with an alternative name for the key is not missing it.
    const names = aliasOf.get(key) ?? [key];
    const found = gather(split.filter(({ keys }) => !names.some((name) => keys.has(name))));
    const message = `${countOf(found.count, total, 'rows')} have no ${quote(key)}.`;
    return found.count > 0 ? [{ ...found, message }] : [];
  });
  return [...renamed, ...missing];
}

interface Found {
  message: string;
  count: number;
  at: number[];
}

function gather(sets: readonly KeySet[]): { count: number; at: number[] } {
  return {
    count: sets.reduce((sum, { count }) => sum + count, 0),
    at: sets
      .flatMap(({ rows }) => rows)
      .sort((a, b) => a - b)
      .slice(0, 5),
  };
}
