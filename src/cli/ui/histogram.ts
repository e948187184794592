// Bars in the terminal: rows by size, one line a bin.
import { formatCount } from './format.ts';
import type { Ink } from './paint.ts';

const widest = 40;

/** One line a bin: its upper end, a bar, and its rows; a bin with any row shows at least a sliver. */
export function renderHistogram(bins: readonly { upto: number; rows: number }[], ink: Ink): string {
  const most = Math.max(1, ...bins.map(({ rows }) => rows));
  const labels = bins.map(({ upto }) => `≤ ${formatCount(upto)}`);
  const width = Math.max(0, ...labels.map((label) => label.length));
  return bins
    .map(({ rows }, i) => {
      const label = (labels[i] ?? '').padStart(width);
      return `  ${label}  ${ink.cyan(bar((rows / most) * widest, rows > 0))} ${formatCount(rows)}\n`;
    })
    .join('');
}

// Eighths of a character, as block elements have them.
function bar(length: number, some: boolean): string {
  const eighths = Math.max(some ? 1 : 0, Math.round(length * 8));
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '';
  return `${'█'.repeat(Math.floor(eighths / 8))}${part}`;
}
