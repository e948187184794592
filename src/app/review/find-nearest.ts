// Finds the rows most similar to the rows under review, in one pass over the whole dataset.
import { createNearestFinder, type NearRow } from '../../dataset/review/nearest.ts';
import type { ReviewRow } from './fetch-rows.ts';
import { type ReviewedFiles, scanReviewed } from './population.ts';

/** For each row, the rows most like it. Calls `stopped` between rows, and returns null if it is true. */
export async function findNearest(
  reviewed: ReviewedFiles,
  rows: readonly ReviewRow[],
  stopped: () => boolean,
): Promise<Map<string, NearRow[]> | null> {
  const finder = createNearestFinder(rows);
  const stop = new Error('the result is no longer needed');
  try {
    await scanReviewed(reviewed, {
      onExample(_split, { fingerprint, place, example }) {
        if (stopped()) throw stop;
        finder.look({ fingerprint, place, example });
      },
    });
  } catch (error) {
    if (error === stop) return null;
    throw error;
  }
  return finder.found();
}
