// How much of a padded batch is padding.

/**
 * The expected share of padding, 0 to 1, in batches of `rows` drawn at random from rows of these lengths: 1 − mean ÷
 * expected longest. Drawn with replacement, which differs from an epoch's order only if rows are very few.
 */
export function paddingShare(lengths: ArrayLike<number>, rows: number): number {
  const sorted = Uint32Array.from(lengths).sort();
  const n = sorted.length;
  let [sum, longest, below] = [0, 0, 0];
  for (const [i, length] of sorted.entries()) {
    // The chance that the longest of a batch is this row: all are among the first i + 1, not all among the first i.
    const upTo = ((i + 1) / n) ** rows;
    longest += (upTo - below) * length;
    below = upTo;
    sum += length;
  }
  return longest === 0 ? 0 : 1 - sum / n / longest;
}
