// A set of 128-bit keys with one number each, in typed arrays: 20 bytes a slot, at most half full, no object per row.
import type { Key } from './murmur3.ts';

export interface KeyTable {
  /** The number stored first under `key`; stores `number` (whole, below 2^32 - 1) and returns -1 where there is none. */
  addIfNew(key: Key, number: number): number;
  size(): number;
}

const free = 0xffffffff;

/** An empty table. */
export function createKeyTable(): KeyTable {
  let capacity = 1 << 12;
  let keys = new Int32Array(capacity * 4);
  let numbers = new Uint32Array(capacity).fill(free);
  let used = 0;

  const slotOf = (a: number, b: number, c: number, d: number): number => {
    const last = capacity - 1;
    // The keys are hashes: any of their bits place them well.
    for (let slot = a & last; ; slot = (slot + 1) & last) {
      if (numbers[slot] === free) return slot;
      const at = slot * 4;
      if (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c && keys[at + 3] === d) return slot;
    }
  };

  const store = (slot: number, a: number, b: number, c: number, d: number, number: number): void => {
    const at = slot * 4;
    keys[at] = a;
    keys[at + 1] = b;
    keys[at + 2] = c;
    keys[at + 3] = d;
    numbers[slot] = number;
  };

  const grow = (): void => {
    const [oldKeys, oldNumbers] = [keys, numbers];
    capacity *= 2;
    keys = new Int32Array(capacity * 4);
    numbers = new Uint32Array(capacity).fill(free);
    for (let slot = 0; slot < oldNumbers.length; slot += 1) {
      const number = oldNumbers[slot] as number;
      if (number === free) continue;
      const at = slot * 4;
      const a = oldKeys[at] as number;
      const b = oldKeys[at + 1] as number;
      const c = oldKeys[at + 2] as number;
      const d = oldKeys[at + 3] as number;
      store(slotOf(a, b, c, d), a, b, c, d, number);
    }
  };

  return {
    addIfNew([a, b, c, d], number) {
      const slot = slotOf(a, b, c, d);
      const found = numbers[slot] as number;
      if (found !== free) return found;
      store(slot, a, b, c, d, number);
      used += 1;
      if (used * 2 > capacity) grow();
      return -1;
    },
    size: () => used,
  };
}
