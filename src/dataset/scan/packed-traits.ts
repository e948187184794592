// The traits of many rows in one text and one table: objects by the dozen a row are slow to send between threads.
import type { Trait } from './judged-row.ts';

export interface PackedTraits {
  /** The values, one after another, but for those that repeat the last one of their check. */
  text: string;
  /**
   * For each row the number of its traits, then two numbers for each: check and pointer (`check + 256 * pointer`), and
   * length of the value, -1 for one that repeats the last one of its check.
   */
  table: Int32Array;
  pointers: string[];
}

export interface TraitPacker {
  /** The next row's traits. */
  add(traits: readonly Trait[]): void;
  end(): PackedTraits;
}

const checksLimit = 256;

/** Packs the traits of rows in their order. */
export function createTraitPacker(): TraitPacker {
  const values: string[] = [];
  const pointers = new Map<string, number>();
  const lastValues: string[] = new Array(checksLimit).fill('');
  let table = new Int32Array(1024);
  let size = 0;
  return {
    add(traits) {
      const after = size + 1 + traits.length * 2;
      if (after > table.length) {
        const bigger = new Int32Array(Math.max(after, table.length * 2));
        bigger.set(table);
        table = bigger;
      }
      table[size++] = traits.length;
      for (const { check, value, pointer } of traits) {
        let at = pointers.get(pointer);
        if (at === undefined) {
          at = pointers.size;
          pointers.set(pointer, at);
        }
        table[size++] = check + checksLimit * at;
        const repeats = lastValues[check] === value;
        table[size++] = repeats ? -1 : value.length;
        if (repeats) continue;
        lastValues[check] = value;
        values.push(value);
      }
    },
    end: () => ({ text: values.join(''), table: table.slice(0, size), pointers: [...pointers.keys()] }),
  };
}

/** A function that gives the traits of one row after another; a row's are overwritten by the next's. */
export function createTraitUnpacker({ text, table, pointers }: PackedTraits): () => readonly Trait[] {
  let at = 0;
  let from = 0;
  const lastValues: string[] = new Array(checksLimit).fill('');
  // Objects by the dozen a row would keep the garbage collector busy.
  const made: Trait[] = [];
  const traits: Trait[] = [];
  return () => {
    const count = table[at++] ?? 0;
    traits.length = 0;
    for (let i = 0; i < count; i += 1) {
      const packed = table[at++] as number;
      const length = table[at++] as number;
      const check = packed % checksLimit;
      const pointer = pointers[Math.floor(packed / checksLimit)] ?? '';
      if (length >= 0) {
        lastValues[check] = text.slice(from, from + length);
        from += length;
      }
      const value = lastValues[check] as string;
      made[i] ??= { check, value, pointer };
      const trait = made[i] as Trait;
      trait.check = check;
      trait.value = value;
      trait.pointer = pointer;
      traits.push(trait);
    }
    return traits;
  };
}
