// The traits of many rows in one text and one table: objects by the dozen a row are slow to send between threads.
import type { Trait } from './judged-row.ts';

export interface PackedTraits {
  /** All values, one after another. */
  text: string;
  /** For each row the number of its traits, then two numbers for each: check and pointer (`check + 256 * pointer`), length of the value. */
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
        table[size++] = value.length;
        values.push(value);
      }
    },
    end: () => ({ text: values.join(''), table: table.slice(0, size), pointers: [...pointers.keys()] }),
  };
}

/** A function that gives the traits of one row after another. */
export function createTraitUnpacker({ text, table, pointers }: PackedTraits): () => Trait[] {
  let at = 0;
  let from = 0;
  return () => {
    const traits: Trait[] = [];
    for (let left = table[at++] ?? 0; left > 0; left -= 1) {
      const packed = table[at++] as number;
      const to = from + (table[at++] as number);
      const pointer = pointers[Math.floor(packed / checksLimit)] ?? '';
      traits.push({ check: packed % checksLimit, value: text.slice(from, to), pointer });
      from = to;
    }
    return traits;
  };
}
