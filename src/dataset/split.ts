// Train or validation, decided by hash: adding rows moves no other row, and duplicates never straddle.
import type { Key } from './duplicates/murmur3.ts';

export type Split = 'train' | 'validation';

export interface SplitOptions {
  /** Share of the duplicate groups that goes to validation, above 0 and below 1. */
  fraction: number;
  seed: number;
  /** Decides by the row's number instead, where all rows were in view before (assign-sides.ts). */
  sideOf?(row: number): Split;
}

/**
 * A number in [0, 1) for a duplicate group: 48 bits of its key (a hash, so any of its bits are as good as random), scrambled by the seed with MurmurHash3's 32-bit finaliser. Groups below the fraction are validation.
 */
export function splitPosition(key: Key, seed: number): number {
  const salt = mix(Math.trunc(seed) ^ Math.imul(Math.trunc(seed / 2 ** 32), 0x9e3779b9));
  const high = mix(key[0] ^ salt);
  const low = mix(key[1] ^ high);
  return (high * 2 ** 16 + (low >>> 16)) / 2 ** 48;
}

// Public domain, Austin Appleby: every input bit changes every output bit with a chance of a half.
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export interface SplitDecider<T> {
  /** Decides one row; gives back what is certain by now, in order. */
  add(key: Key, item: T): [Split, T][];
  /** What was held back. */
  end(): [Split, T][];
}

/**
 * Splits rows by group. So that neither side of a small dataset stays empty, the group nearest to the other side is held
 * back until both sides have a row; at the end it changes sides, unless it is the only group there is.
 */
export function createSplit<T>(options: SplitOptions): SplitDecider<T> {
  let held: { key: Key; position: number; items: T[] } | null = null;
  let bothSides = false;
  let released = false;
  const side = (position: number): Split => (position < options.fraction ? 'validation' : 'train');
  const release = (group: { position: number; items: T[] }): [Split, T][] => {
    released = true;
    return group.items.map((item) => [side(group.position), item]);
  };
  return {
    add(key, item) {
      const position = splitPosition(key, options.seed);
      if (bothSides) return [[side(position), item]];
      if (!held) {
        held = { key, position, items: [item] };
        return [];
      }
      if (held.key.every((word, i) => word === key[i])) {
        held.items.push(item);
        return [];
      }
      const group = { key, position, items: [item] };
      if (side(position) !== side(held.position)) {
        bothSides = true;
        return [...release(held), ...release(group)];
      }
      const nearer = side(position) === 'train' ? position < held.position : position > held.position;
      if (!nearer) return release(group);
      const before = held;
      held = group;
      return release(before);
    },
    end() {
      if (bothSides || !held) return [];
      const group = held;
      held = null;
      const own = side(group.position);
      const other: Split = own === 'train' ? 'validation' : 'train';
      // One group alone cannot be on both sides, and training needs rows.
      return group.items.map((item) => [released ? other : 'train', item]);
    },
  };
}
