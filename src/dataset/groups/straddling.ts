// Field values that occur on both sides of a split.
import { createKeyTable, type KeyTable } from '../duplicates/key-table.ts';
import type { RowPlace } from '../example.ts';
import type { Split } from '../split.ts';
import { groupFields } from './group-fields.ts';
import { textKey } from './text-key.ts';

interface StraddlingField {
  field: string;
  /** Different values. */
  groups: number;
  /** How many of them have rows on both sides. */
  onBothSides: number;
  /** The first validation row whose value a training row also has. */
  place: RowPlace;
}

export interface StraddleFinder {
  add(side: Split, meta: Readonly<Record<string, unknown>>, place: RowPlace): void;
  /** The fields with groups on both sides, most groups first. */
  end(): StraddlingField[];
}

const mostFields = 8;
/** With fewer groups, a split by group is not useful. */
const leastGroups = 5;

/**
 * Watches the grouping fields, 25 bytes per value. `separate`: the sides are separate files, in which plain
 * numbers may count from 0 in each.
 */
export function createStraddleFinder(separate: boolean): StraddleFinder {
  const fields = new Map<
    string,
    { table: KeyTable; sides: number[]; both: number; place: RowPlace | null; plain: boolean }
  >();
  return {
    add(side, meta, place) {
      for (const [name, value] of groupFields(meta)) {
        let field = fields.get(name);
        if (!field) {
          if (fields.size === mostFields) continue;
          field = { table: createKeyTable(), sides: [], both: 0, place: null, plain: true };
          fields.set(name, field);
        }
        field.plain &&= /^\d{1,9}$/.test(value);
        const at = field.table.addIfNew(textKey(value), field.sides.length);
        const bit = side === 'train' ? 1 : 2;
        if (at < 0) {
          field.sides.push(bit);
          continue;
        }
        const before = field.sides[at] ?? 0;
        if (before === 3 || before === bit) continue;
        field.sides[at] = 3;
        field.both += 1;
        field.place ??= place;
      }
    },
    end: () =>
      [...fields]
        .flatMap(([field, { sides, both, place, plain }]) =>
          place && sides.length >= leastGroups && !(separate && plain)
            ? [{ field, groups: sides.length, onBothSides: both, place }]
            : [],
        )
        .sort((a, b) => b.onBothSides - a.onBothSides || (a.field < b.field ? -1 : 1)),
  };
}
