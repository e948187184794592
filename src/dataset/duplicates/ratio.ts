// A Jaccard threshold as a fraction of whole numbers, so that rounding never rejects 4 of 5 shared shingles at .8.
import { UserError } from '../../diagnostics/user-error.ts';

export interface Ratio {
  over: number;
  under: number;
}

// Six decimals: sizes up to 2^33 stay exact in a double.
const decimals = 1_000_000;

/** The threshold as a fraction. Throws UserError D165 unless it is above 0, at most 1, and has at most six decimals. */
export function toRatio(threshold: number): Ratio {
  const over = Math.round(threshold * decimals);
  if (!(over >= 1 && over <= decimals))
    throw new UserError('D165', `A similarity of ${threshold} is not possible.`, {
      hint: 'give a number above 0 and at most 1; 0.8 is usual',
    });
  // Taken literally, 0.6666666666666667 would reject two of three.
  if (Math.abs(over / decimals - threshold) > 1e-12)
    throw new UserError('D165', `A similarity of ${threshold} has more than six decimals.`, {
      hint: `${Math.floor(threshold * decimals) / decimals} is the nearest below it`,
    });
  const divisor = gcd(over, decimals);
  return { over: over / divisor, under: decimals / divisor };
}

/** Whether `shared` of `union` is at least the ratio. */
export function reaches({ over, under }: Ratio, shared: number, union: number): boolean {
  return shared * under >= over * union;
}

/** The fewest elements that a set of `size` shares with any set at the ratio: ⌈t·size⌉. */
export function leastShared({ over, under }: Ratio, size: number): number {
  return Math.ceil((over * size) / under);
}

/** The fewest shared elements of two sets at the ratio: ⌈t/(1+t)·(a+b)⌉. */
export function leastOverlap({ over, under }: Ratio, a: number, b: number): number {
  return Math.ceil((over * (a + b)) / (over + under));
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
