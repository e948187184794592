// Text that is made from another, piece by piece, with the places that its pieces came from.
import type { Offsets } from './raw-row.ts';

export interface Rewriting {
  /** Adds text that stands at `from` in the original, or is written in its place. */
  add(text: string, from: number): void;
  text(): string;
  offsets(): Offsets;
}

/** An empty text. */
export function createRewriting(): Rewriting {
  const parts: string[] = [];
  const offsets: [number, number][] = [];
  let length = 0;
  return {
    add(text, from) {
      const last = offsets.at(-1);
      // A continuation of the last piece needs no additional pair.
      if (!last || last[1] + length - last[0] !== from) offsets.push([length, from]);
      parts.push(text);
      length += text.length;
    },
    text: () => parts.join(''),
    offsets: () => offsets,
  };
}

/** Where the unit at `at` of a text came from. */
export function originalOffset(offsets: Offsets, at: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle]?.[0] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const [to, from] = offsets[low - 1] ?? [0, 0];
  return from + at - to;
}
