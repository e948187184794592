// A map from 128-bit keys to numbers: 20 bytes per key in blocks that never move, and 4 bytes per slot, at most two
// thirds full. It needs no object per row, and growing copies only the slots.
import type { Key } from './murmur3.ts';

export interface KeyTable {
  /** The number stored first under `key`; stores `number` (whole, below 2^32) and returns -1 if there is none. */
  addIfNew(key: Key, number: number): number;
  size(): number;
}

const blockBits = 14;
const blockKeys = 1 << blockBits;
/** Four words for the key, one for its number. */
const width = 5;

/** An empty table. */
export function createKeyTable(): KeyTable {
  const blocks: Int32Array[] = [];
  // 0 is a free slot; any other number is the index of a key plus one.
  let slots = new Uint32Array(1 << 12);
  let used = 0;

  const grow = (): void => {
    slots = new Uint32Array(slots.length * 2);
    const last = slots.length - 1;
    for (let at = 0; at < used; at += 1) {
      const block = blocks[at >> blockBits] as Int32Array;
      let slot = (block[(at & (blockKeys - 1)) * width] as number) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = at + 1;
    }
  };

  return {
    addIfNew([a, b, c, d], number) {
      const last = slots.length - 1;
      // The keys are hashes, so any of their bits select a slot.
      let slot = a & last;
      for (let found = slots[slot] as number; found !== 0; found = slots[slot] as number) {
        const block = blocks[(found - 1) >> blockBits] as Int32Array;
        const at = ((found - 1) & (blockKeys - 1)) * width;
        if (block[at] === a && block[at + 1] === b && block[at + 2] === c && block[at + 3] === d)
          return (block[at + 4] as number) >>> 0;
        slot = (slot + 1) & last;
      }
      if (used >> blockBits === blocks.length) blocks.push(new Int32Array(blockKeys * width));
      const block = blocks[used >> blockBits] as Int32Array;
      const at = (used & (blockKeys - 1)) * width;
      block[at] = a;
      block[at + 1] = b;
      block[at + 2] = c;
      block[at + 3] = d;
      block[at + 4] = number;
      used += 1;
      slots[slot] = used;
      if (used * 3 > slots.length * 2) grow();
      return -1;
    },
    size: () => used,
  };
}
