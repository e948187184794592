// Groups rows that must stay together: with the same duplicate_key, the same value of a field, or one growing conversation.
import { createKeyTable } from '../duplicates/key-table.ts';
import type { Key } from '../duplicates/murmur3.ts';
import type { Example } from '../example.ts';
import { conversationKeys } from './conversation-keys.ts';
import { fieldValue } from './field-value.ts';
import { textKey } from './text-key.ts';

/** Used in place of a field: rows that continue another row's conversation belong to its group. */
export const growing = 'growing';

export interface RowGroups {
  /** `key` is the row's duplicate_key or that of its near-duplicates; `text` its raw JSON, for fields that have a role. */
  add(row: number, key: Key, example: Example, text: string): void;
  end(): GroupedRows;
}

export interface GroupedRows {
  /** The key of the row's group, which is that of its first row, so that later rows do not change it. */
  keyOf(row: number): Key;
  /** For each field: the number of different values, and of rows without one. */
  fields: { field: string; groups: number; without: number }[];
}

/** Groups rows by `fields`; joins groups that share a row. About 40 bytes per row and per value. */
export function createRowGroups(fields: readonly string[]): RowGroups {
  const table = createKeyTable();
  const keys: number[] = [];
  const parents: number[] = [];
  const labelOfRow: number[] = [];
  const counts = fields.map((field) => ({ field, groups: 0, without: 0 }));
  // Conversations that are a whole row, and which rows continue them.
  const whole = new Set<number>();
  const continued: [number, number][] = [];

  const labelOf = (key: Key): number => {
    const at = table.addIfNew(key, parents.length);
    if (at >= 0) return at;
    keys.push(...key);
    parents.push(parents.length);
    return parents.length - 1;
  };
  const rootOf = (label: number): number => {
    let at = label;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] as number] as number;
      at = parents[at] as number;
    }
    return at;
  };
  // The earlier label is the root.
  const join = (a: number, b: number): void => {
    const [x, y] = [rootOf(a), rootOf(b)];
    parents[Math.max(x, y)] = Math.min(x, y);
  };
  const labelOfValue = (at: number, example: Example, text: string): number => {
    const field = fields[at] as string;
    const count = counts[at] as (typeof counts)[number];
    const value = fieldValue(example.meta, field) ?? fieldValue(JSON.parse(text), field);
    if (value === null) {
      count.without += 1;
      return -1;
    }
    const before = parents.length;
    const label = labelOf(textKey(`${field}\n${value}`));
    if (parents.length > before) count.groups += 1;
    return label;
  };

  return {
    add(row, key, example, text) {
      const labels: number[] = [];
      fields.forEach((field, at) => {
        if (field === growing) return;
        const label = labelOfValue(at, example, text);
        if (label >= 0) labels.push(label);
      });
      labels.push(labelOf(key));
      const at = fields.indexOf(growing);
      if (at >= 0) {
        const conversation = conversationKeys(example);
        const own = labelOf(textKey(conversation.whole ?? `row ${row}`));
        labels.push(own);
        whole.add(own);
        for (const each of conversation.before) continued.push([own, labelOf(textKey(each))]);
      }
      const [first = 0] = labels;
      for (const label of labels) join(first, label);
      labelOfRow[row] = first;
    },
    end() {
      for (const [row, earlier] of continued) if (whole.has(earlier)) join(row, earlier);
      return {
        keyOf(row) {
          const at = rootOf(labelOfRow[row] ?? 0) * 4;
          return keys.slice(at, at + 4) as unknown as Key;
        },
        fields: counts.filter(({ field }) => field !== growing),
      };
    },
  };
}
