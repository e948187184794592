// How many times an epoch feeds a training row: the weight of its source, rounded row by row.
import { splitPosition } from './split.ts';

/** The code of rows that a weight below 1 leaves out. */
export const notDrawn = 'D208';

/**
 * The whole part of the weight, and once more for the share of rows that its fraction names: those whose fingerprint
 * (32 latin-1 characters of SHA-256), scrambled by the seed, is lowest. So a row is drawn whatever other rows there are,
 * and at every higher weight too. The split uses another hash, so it does not bias the draw.
 */
export function timesFed(fingerprint: string | null, weight: number, seed: number): number {
  const whole = Math.floor(weight);
  const part = weight - whole;
  if (part === 0) return whole;
  if (fingerprint === null) throw new Error('rows are drawn by their fingerprints, and this scan has none');
  const bytes = Buffer.from(fingerprint.slice(0, 16), 'latin1');
  const key = [0, 4, 8, 12].map((at) => bytes.readInt32LE(at)) as [number, number, number, number];
  return splitPosition(key, seed) < part ? whole + 1 : whole;
}
