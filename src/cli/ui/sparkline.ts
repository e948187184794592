// A distribution in one line: a block a bin, as high as its rows.

const blocks = ' ▁▂▃▄▅▆▇█';

/** Bars at most `columns` wide, each bin as wide as the others; a bin with any row shows at least the lowest block. */
export function sparkline(counts: readonly number[], columns: number): string {
  const most = Math.max(1, ...counts);
  const width = Math.max(1, Math.min(3, Math.floor(columns / Math.max(1, counts.length))));
  return counts
    .map((count) =>
      (blocks[count === 0 ? 0 : Math.max(1, Math.round((8 * count) / most))] ?? '').repeat(width),
    )
    .join('');
}
