// Where the memory goes: a stacked bar against the GPU, and its legend. With colour blocks, without a letter each.
import type { PlannedMemory } from '../../run/plan.ts';
import { formatBytes } from './format.ts';
import type { Ink } from './paint.ts';

const widest = 64;

/** The bar of at most `columns` columns, and the parts it is made of, the largest first. */
export function renderMemoryBar(
  memory: PlannedMemory,
  { columns, color, ink }: { columns: number; color: boolean; ink: Ink },
): { bar: string; legend: string[] } {
  const parts = Object.entries(memory.components)
    .filter(([, bytes]) => bytes > 0)
    .sort((a, b) => b[1] - a[1]);
  const inks = [ink.cyan, ink.yellow, ink.magenta, ink.green, ink.blue, ink.red, ink.bold, ink.dim];
  const letters = lettersOf(parts.map(([name]) => name));
  const marks = parts.map(([, bytes], i) => ({
    bytes,
    symbol: color ? '█' : (letters[i] ?? '?'),
    tint: color ? (inks[i % inks.length] ?? ink.bold) : (text: string) => text,
  }));
  const width = Math.max(20, Math.min(widest, columns - 12));
  return {
    bar: bar(memory, marks, width, ink),
    legend: parts.map(([name, bytes], i) => {
      const mark = marks[i];
      // No line ends within.
      return `${mark?.tint(mark.symbol)} ${name.replaceAll('_', ' ')} ${formatBytes(bytes)}`.replaceAll(
        ' ',
        '\u00a0',
      );
    }),
  };
}

function bar(
  memory: PlannedMemory,
  marks: readonly { bytes: number; symbol: string; tint: (text: string) => string }[],
  width: number,
  ink: Ink,
): string {
  const gpu = memory.gpu?.bytes ?? 0;
  const high = memory.high_bytes ?? memory.total_bytes;
  const whole = Math.max(gpu, high);
  const cell = (bytes: number): number => Math.round((width * bytes) / whole);
  // Components stand as the formula has them; what past runs multiplied it by stretches all alike.
  const sum = marks.reduce((total, { bytes }) => total + bytes, 0);
  const cells: string[] = [];
  let end = 0;
  for (const { bytes, symbol, tint } of marks) {
    end += (bytes / sum) * memory.total_bytes;
    while (cells.length < cell(end)) cells.push(tint(symbol));
  }
  while (cells.length < cell(high)) cells.push(ink.dim('░'));
  while (cells.length < width) cells.push(ink.dim('·'));
  if (gpu === 0) return cells.join('');
  // Where the GPU ends: behind the bar, or within what does not fit.
  if (gpu >= whole) return `${cells.join('')}${ink.bold('│')}`;
  cells[Math.min(width - 1, cell(gpu))] = ink.bold(ink.red('│'));
  return cells.join('');
}

/** The first letter of each name that no name before it has taken. */
function lettersOf(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const letter =
      [...name.toUpperCase().replace(/[^A-Z]/g, ''), ...'XYZ'].find((each) => !taken.has(each)) ?? '?';
    taken.add(letter);
    return letter;
  });
}
