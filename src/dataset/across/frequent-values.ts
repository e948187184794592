// Counts values in bounded memory, even if there are as many values as rows. Frequent values are never lost.
import { unitAt } from '../text/unit-at.ts';
import { hashTexts } from './hash-text.ts';

export interface FrequentValue {
  value: string;
  /** Exact, or too low by at most `missed`. */
  count: number;
  /** The first rows, in order; at most five. */
  rows: number[];
}

export interface FrequentValues {
  add(row: number, value: string): void;
  /** Total number of values that were added. */
  total(): number;
  /** Distinct values known; exact while `missed` is 0. */
  distinct(): number;
  /** How much any count may be too low, because there were more distinct values than the limit. */
  missed(): number;
  /** Values with at least this count (2 or more if `lean`), most frequent first. */
  atLeast(count: number): FrequentValue[];
}

export interface FrequentOptions {
  /** Between this many and twice as many distinct values are kept. */
  limit: number;
  /** Values begin with their hash, 8 characters of `hashString`. */
  hashed?: true;
  /** Keep a text only from its second occurrence on; then `atLeast` must be 2 or more. */
  lean?: true;
}

/** Rows that a finding may name. */
const keptRows = 5;

interface Known {
  value: string;
  rows: number[];
}

/**
 * Lossy counting (Manku and Motwani, 2002): when there are more distinct values than twice the limit, the rarest are
 * forgotten, and the largest possible error of a count is known. 64 bits of its hash identify a value: 24 bytes in
 * typed arrays, and an object only if its text is kept.
 */
export function createFrequentValues({ limit, hashed, lean }: FrequentOptions): FrequentValues {
  let table = createTable(256);
  const known: Known[] = [];
  const freed: number[] = [];
  let used = 0;
  let total = 0;
  let missed = 0;
  // If there are few values, the next one is often the same again.
  let lastValue = '';
  let lastSlot = -1;

  const slotFor = (value: string): number => {
    if (lastSlot >= 0 && value === lastValue) return lastSlot;
    const [a = 0, b = 0] = hashed ? readHash(value) : hashOne(value);
    lastValue = value;
    lastSlot = slotOf(table, a, b);
    table.hashes[lastSlot * 2] = a;
    table.hashes[lastSlot * 2 + 1] = b;
    return lastSlot;
  };

  const rebuild = (size: number, above: number): void => {
    const old = table;
    lastSlot = -1;
    table = createTable(size);
    used = 0;
    for (let from = 0; from < old.counts.length; from += 1) {
      const count = old.counts[from] ?? 0;
      const text = old.texts[from] ?? 0;
      if (count <= above) {
        if (count > 0 && text > 0) freed.push(text);
        continue;
      }
      const slot = slotOf(table, old.hashes[from * 2] ?? 0, old.hashes[from * 2 + 1] ?? 0);
      copySlot(old, from, table, slot);
      used += 1;
    }
  };

  const makeRoom = (): void => {
    if (used < limit * 2) {
      rebuild(table.counts.length * 2, 0);
      return;
    }
    let level = 0;
    while (used > limit) {
      level += 1;
      rebuild(table.counts.length, level);
    }
    missed += level;
  };

  const keep = (slot: number, value: string, row: number): void => {
    const free = freed.pop();
    const at = free ?? known.length + 1;
    known[at - 1] = { value: copyText(hashed ? value.slice(8) : value), rows: [table.firsts[slot] ?? row] };
    table.texts[slot] = at;
  };

  return {
    add(row, value) {
      total += 1;
      const slot = slotFor(value);
      const count = table.counts[slot] ?? 0;
      table.counts[slot] = count + 1;
      if (count === 0) {
        table.firsts[slot] = row;
        if (!lean) keep(slot, value, row);
        used += 1;
        if (used * 5 > table.counts.length * 4 || used >= limit * 2) makeRoom();
        return;
      }
      if (count >= keptRows) return;
      if (table.texts[slot] === 0) keep(slot, value, row);
      known[(table.texts[slot] ?? 0) - 1]?.rows.push(row);
    },
    total: () => total,
    distinct: () => used,
    missed: () => missed,
    atLeast(least) {
      const found: FrequentValue[] = [];
      for (let slot = 0; slot < table.counts.length; slot += 1) {
        const count = table.counts[slot] ?? 0;
        if (count === 0 || count < least) continue;
        const text = known[(table.texts[slot] ?? 0) - 1];
        if (text) found.push({ ...text, count });
      }
      return found.sort((x, y) => y.count - x.count || (x.value < y.value ? -1 : 1));
    },
  };
}

// A slice keeps the whole text that it was cut from in memory.
function copyText(text: string): string {
  return ` ${text}`.slice(1);
}

// Open addressing; a count of 0 is an empty slot, a text of 0 means no text.
interface Table {
  hashes: Int32Array;
  counts: Uint32Array;
  firsts: Float64Array;
  texts: Uint32Array;
}

function createTable(size: number): Table {
  return {
    hashes: new Int32Array(size * 2),
    counts: new Uint32Array(size),
    firsts: new Float64Array(size),
    texts: new Uint32Array(size),
  };
}

function slotOf({ hashes, counts }: Table, a: number, b: number): number {
  for (let slot = a & (counts.length - 1); ; slot = (slot + 1) & (counts.length - 1))
    if (counts[slot] === 0 || (hashes[slot * 2] === a && hashes[slot * 2 + 1] === b)) return slot;
}

function copySlot(from: Table, at: number, to: Table, slot: number): void {
  to.hashes[slot * 2] = from.hashes[at * 2] ?? 0;
  to.hashes[slot * 2 + 1] = from.hashes[at * 2 + 1] ?? 0;
  to.counts[slot] = from.counts[at] ?? 0;
  to.firsts[slot] = from.firsts[at] ?? 0;
  to.texts[slot] = from.texts[at] ?? 0;
}

const one: [string] = [''];

function hashOne(value: string): Int32Array {
  one[0] = value;
  return hashTexts(one);
}

const read = new Int32Array(2);

function readHash(value: string): Int32Array {
  for (let half = 0; half < 2; half += 1)
    read[half] =
      unitAt(value, half * 4) |
      (unitAt(value, half * 4 + 1) << 8) |
      (unitAt(value, half * 4 + 2) << 16) |
      (unitAt(value, half * 4 + 3) << 24);
  return read;
}
