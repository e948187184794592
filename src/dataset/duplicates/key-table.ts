// A set of 128-bit keys with one number each, in typed arrays: 24 bytes a row at most half full, no object per row.

export interface KeyTable {
  /** The number stored first under `key` (16 latin-1 characters); stores `number` and returns -1 where there is none. */
  addIfNew(key: string, number: number): number;
  size(): number;
}

/** An empty table. Numbers are whole and below 2^53. */
export function createKeyTable(): KeyTable {
  let capacity = 1 << 12;
  let keys = new Uint32Array(capacity * 4);
  let numbers = new Float64Array(capacity).fill(-1);
  let used = 0;
  const words = new Uint32Array(4);

  const slotOf = (table: Uint32Array, taken: Float64Array, size: number): number => {
    const [a, b, c, d] = words;
    // The keys are hashes: any of their bits places them well.
    for (let slot = (a ?? 0) & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      if (taken[slot] === -1) return slot;
      const at = slot * 4;
      if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) return slot;
    }
  };

  const grow = (): void => {
    const oldKeys = keys;
    const oldNumbers = numbers;
    capacity *= 2;
    keys = new Uint32Array(capacity * 4);
    numbers = new Float64Array(capacity).fill(-1);
    for (let slot = 0; slot < oldNumbers.length; slot += 1) {
      const number = oldNumbers[slot] ?? -1;
      if (number === -1) continue;
      words.set(oldKeys.subarray(slot * 4, slot * 4 + 4));
      const next = slotOf(keys, numbers, capacity);
      keys.set(words, next * 4);
      numbers[next] = number;
    }
  };

  return {
    addIfNew(key, number) {
      for (let w = 0; w < 4; w += 1)
        words[w] =
          key.charCodeAt(w * 4) |
          (key.charCodeAt(w * 4 + 1) << 8) |
          (key.charCodeAt(w * 4 + 2) << 16) |
          (key.charCodeAt(w * 4 + 3) << 24);
      const slot = slotOf(keys, numbers, capacity);
      const found = numbers[slot] ?? -1;
      if (found !== -1) return found;
      keys.set(words, slot * 4);
      numbers[slot] = number;
      used += 1;
      if (used * 2 > capacity) grow();
      return -1;
    },
    size: () => used,
  };
}
