// Places of rows by number, to turn a finding on row 17 into file and line.
import type { RowPlace } from '../../dataset/example.ts';
import { createPlaceList } from '../../dataset/scan/place-list.ts';

export interface RowPlaces {
  /** Rows in increasing order. */
  add(place: RowPlace): void;
  find(row: number): RowPlace | undefined;
}

/** Places of rows, 32 bytes per row. */
export function createRowPlaces(): RowPlaces {
  const places = createPlaceList();
  return {
    add: (place) => places.add(place, 'train'),
    find(row) {
      let from = 0;
      let to = places.size();
      while (from < to) {
        const middle = (from + to) >> 1;
        if (places.get(middle).of.row < row) from = middle + 1;
        else to = middle;
      }
      const found = from < places.size() ? places.get(from).of : undefined;
      return found?.row === row ? found : undefined;
    },
  };
}
