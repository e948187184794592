// Token lengths in bins, for the plan: enough bins to show the shape, few enough for one line of a terminal.

export interface LengthBin {
  /** The longest length of the bin, in tokens; the previous bin ends one below its shortest. */
  upto: number;
  rows: number;
}

const mostBins = 30;

/** Bins of equal width (1, 2 or 5 × 10^k tokens) from the shortest row's to the longest's, at most 30; empty ones stay. */
export function lengthHistogram(splits: readonly Uint32Array[]): LengthBin[] {
  let [shortest, longest] = [Number.POSITIVE_INFINITY, 0];
  for (const lengths of splits)
    for (const length of lengths) {
      if (length < shortest) shortest = length;
      if (length > longest) longest = length;
    }
  if (shortest > longest) return [];
  const width = binWidth(shortest, longest);
  const first = binOf(shortest, width);
  const rows = new Array<number>(binOf(longest, width) - first + 1).fill(0);
  for (const lengths of splits)
    for (const length of lengths) {
      const bin = binOf(length, width) - first;
      rows[bin] = (rows[bin] ?? 0) + 1;
    }
  return rows.map((count, i) => ({ upto: (first + i + 1) * width, rows: count }));
}

function binOf(length: number, width: number): number {
  return Math.max(0, Math.ceil(length / width) - 1);
}

function binWidth(shortest: number, longest: number): number {
  for (let power = 1; ; power *= 10)
    for (const width of [power, 2 * power, 5 * power])
      if (binOf(longest, width) - binOf(shortest, width) < mostBins) return width;
}
