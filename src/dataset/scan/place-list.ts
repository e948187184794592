// Places of many rows, packed: row, line and column as 32-bit numbers, the file as an index; 16 bytes a row, in blocks
// that never move.
import type { RowPlace } from '../example.ts';
import type { Split } from '../split.ts';

export interface PlaceList {
  size(): number;
  add(place: RowPlace, role: Split): void;
  get(index: number): { of: RowPlace; role: Split };
}

const blockPlaces = 16_384;
const width = 4;

/** A growing list of places. */
export function createPlaceList(): PlaceList {
  const blocks: Uint32Array[] = [];
  let size = 0;
  const files: string[] = [];
  return {
    size: () => size,
    add({ row, file, line, column }, role) {
      if (size === blocks.length * blockPlaces) blocks.push(new Uint32Array(blockPlaces * width));
      if (files.at(-1) !== file) files.push(file);
      const block = blocks[blocks.length - 1] as Uint32Array;
      const at = (size % blockPlaces) * width;
      block[at] = row;
      block[at + 1] = line;
      block[at + 2] = column;
      block[at + 3] = (files.length - 1) * 2 + (role === 'train' ? 0 : 1);
      size += 1;
    },
    get(index) {
      const at = (index % blockPlaces) * width;
      const block = blocks[Math.floor(index / blockPlaces)];
      const [row = 0, line = 0, column = 0, packed = 0] = block?.subarray(at, at + width) ?? [];
      return {
        of: { row, file: files[packed >> 1] ?? '', line, column },
        role: packed & 1 ? 'validation' : 'train',
      };
    },
  };
}
