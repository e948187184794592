// Places of many rows, packed: row, line and column as 32-bit numbers, the file as an index; 16 bytes a row.
import type { RowPlace } from './example.ts';
import type { Split } from './split.ts';

export interface PlaceList {
  size(): number;
  add(place: RowPlace, role: Split): void;
  get(index: number): { of: RowPlace; role: Split };
}

/** A growing list of places. */
export function createPlaceList(): PlaceList {
  const width = 4;
  let numbers = new Uint32Array(width * 1024);
  let size = 0;
  const files: string[] = [];
  return {
    size: () => size,
    add({ row, file, line, column }, role) {
      if ((size + 1) * width > numbers.length) {
        const bigger = new Uint32Array(numbers.length * 2);
        bigger.set(numbers);
        numbers = bigger;
      }
      if (files.at(-1) !== file) files.push(file);
      const at = size * width;
      numbers[at] = row;
      numbers[at + 1] = line;
      numbers[at + 2] = column;
      numbers[at + 3] = (files.length - 1) * 2 + (role === 'train' ? 0 : 1);
      size += 1;
    },
    get(index) {
      const [row = 0, line = 0, column = 0, packed = 0] = numbers.subarray(
        index * width,
        (index + 1) * width,
      );
      return {
        of: { row, file: files[packed >> 1] ?? '', line, column },
        role: packed & 1 ? 'validation' : 'train',
      };
    },
  };
}
