// Finds conversations on one side of a split that the other side continues.
import { createKeyTable } from '../duplicates/key-table.ts';
import type { Example, RowPlace } from '../example.ts';
import { createPlaceList } from '../scan/place-list.ts';
import type { Split } from '../split.ts';
import { conversationKeys } from './conversation-keys.ts';
import { textKey } from './text-key.ts';

/** A row, and one that continues it. */
interface Growth {
  row: RowPlace;
  continued: RowPlace;
}

export interface GrowthFinder {
  add(side: Split, example: Example, place: RowPlace): void;
  /** Rows (equal ones once) that a row of the other side continues; for the first few, also such a row. */
  acrossSides(): { count: number; first: Growth[] };
  /** Rows that another row on any side continues. */
  continued(): { count: number; first: Growth[] };
}

const shown = 3;
const sides: Record<Split, number> = { train: 0, validation: 1 };

/** An empty finder; about 60 bytes per answer. */
export function createGrowthFinder(): GrowthFinder {
  const table = createKeyTable();
  const places = createPlaceList();
  // Four numbers per conversation: place + 1 of its first row, and of a row that continues it, by side.
  const nodes: number[] = [];
  const note = (key: string, which: number): void => {
    const at = table.addIfNew(textKey(key), nodes.length);
    const node = at < 0 ? nodes.length : at;
    if (at < 0) nodes.push(0, 0, 0, 0);
    nodes[node + which] ||= places.size();
  };
  const collect = (pairs: readonly (readonly [number, number])[]) => {
    let count = 0;
    const first: Growth[] = [];
    for (let node = 0; node < nodes.length; node += 4) {
      const found = pairs.find(([a, b]) => (nodes[node + a] ?? 0) > 0 && (nodes[node + b] ?? 0) > 0);
      if (!found) continue;
      count += 1;
      if (first.length === shown) continue;
      const [row, continued] = found.map((i) => places.get((nodes[node + i] ?? 0) - 1).of);
      if (row && continued) first.push({ row, continued });
    }
    return { count, first };
  };
  return {
    add(side, example, place) {
      const { before, whole } = conversationKeys(example);
      if (whole === null && before.length === 0) return;
      places.add(place, side);
      const at = sides[side];
      if (whole !== null) note(whole, at);
      for (const key of before) note(key, 2 + at);
    },
    acrossSides: () =>
      collect([
        [0, 3],
        [1, 2],
      ]),
    continued: () =>
      collect([
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
      ]),
  };
}
