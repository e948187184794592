// Decides train or validation by hash, so that added rows move no other row, and duplicates stay on one side.
import type { Key } from './duplicates/murmur3.ts';

export type Split = 'train' | 'validation';

export interface SplitOptions {
  /** Share of the duplicate groups that goes to validation, above 0 and below 1. */
  fraction: number;
  seed: number;
  /** Decides by row number instead, if a pass over all rows came before (assign-sides.ts). */
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
  /** Decides one row; returns the rows that are decided by now, in order. */
  add(key: Key, item: T): [Split, T][];
  /** The rows that were held back. */
  end(): [Split, T][];
}

/** The most rows that wait for a row of the other side. */
const mostWaiting = 10_000;

/**
 * Splits rows by group, in their order. So that neither side of a small dataset stays empty, rows wait until both sides
 * have one; at the end, or when ten thousand wait, the group nearest to the other side changes sides, unless it is the
 * only group there is.
 */
export function createSplit<T>(options: SplitOptions): SplitDecider<T> {
  const side = (position: number): Split => (position < options.fraction ? 'validation' : 'train');
  let waiting: { key: Key; position: number; item: T }[] = [];
  let nearest: { key: Key; position: number } | null = null;
  let severalGroups = false;
  // Once nobody waits: the group that changed sides.
  let moved: Key | null = null;
  let open = true;

  const sideOf = (key: Key, position: number): Split => {
    const own = side(position);
    return moved && equal(key, moved) ? other(own) : own;
  };
  const release = (): [Split, T][] => {
    open = false;
    const items = waiting;
    waiting = [];
    return items.map(({ key, position, item }) => [sideOf(key, position), item]);
  };
  // One group alone cannot be on both sides, and training needs rows.
  const settle = (): [Split, T][] => {
    if (nearest && (severalGroups || side(nearest.position) === 'validation')) moved = nearest.key;
    return release();
  };
  return {
    add(key, item) {
      const position = splitPosition(key, options.seed);
      if (!open) return [[sideOf(key, position), item]];
      waiting.push({ key, position, item });
      if (nearest && !equal(key, nearest.key)) {
        severalGroups = true;
        if (side(position) !== side(nearest.position)) return release();
      }
      const nearer = side(position) === 'train' ? -1 : 1;
      if (!nearest || (position - nearest.position) * nearer > 0) nearest = { key, position };
      return waiting.length >= mostWaiting && severalGroups ? settle() : [];
    },
    end: () => (open ? settle() : []),
  };
}

function other(side: Split): Split {
  return side === 'train' ? 'validation' : 'train';
}

function equal(a: Key, b: Key): boolean {
  return a.every((word, i) => word === b[i]);
}
