// Curves overlaid in the terminal. With colour a line each; without, a letter each.
import plot, { type Color, type MultiLine } from 'simple-ascii-chart';
import { formatNumber } from './format.ts';
import { paint } from './paint.ts';

export interface Curve {
  label: string;
  points: { x: number; y: number }[];
}

const palette: Color[] = ['ansiCyan', 'ansiYellow', 'ansiMagenta', 'ansiGreen', 'ansiBlue', 'ansiRed'];
const letters = 'abcdefghijklmnopqrstuvwxyz';

/** A chart at most `columns` wide with a legend below; empty if no curve has two finite points. */
export function renderChart(
  curves: readonly Curve[],
  style: { columns: number; color: boolean; height?: number },
): string {
  const width = Math.max(20, Math.min(style.columns - 12, 90));
  const shown = curves
    .map((curve) => ({ ...curve, points: curve.points.filter((p) => Number.isFinite(p.y)) }))
    .filter((curve) => curve.points.length > 1)
    .slice(0, letters.length);
  if (shown.length === 0) return '';
  const xs = shown.flatMap((curve) => curve.points.map((p) => p.x));
  const [min, max] = [Math.min(...xs), Math.max(...xs)];
  const lines: MultiLine = shown.map((curve) => resample(curve.points, min, max, width));
  let series = -1;
  const chart = plot(lines, {
    width,
    height: style.height ?? 12,
    customXAxisTicks: ticks(min, max),
    formatter: (value) => formatNumber(Number(value)),
    ...(style.color
      ? { color: shown.map((_, i) => palette[i % palette.length] ?? 'ansiWhite') }
      : {
          lineFormatter: ({ plotX, plotY, index }) => {
            // Series come one after another, each from index 0; the library does not name them.
            if (index === 0) series += 1;
            return { x: plotX, y: plotY, symbol: letters[series] ?? '*' };
          },
        }),
  });
  const ink = paint(style.color);
  const inks = [ink.cyan, ink.yellow, ink.magenta, ink.green, ink.blue, ink.red];
  const legend = shown.map(
    (curve, i) => `  ${style.color ? (inks[i % inks.length] ?? ink.bold)('━━') : letters[i]} ${curve.label}`,
  );
  return `${chart.trimEnd()}\n${legend.join('\n')}\n`;
}

/** The mean of each column's points: what a column shows stands for all of them, not for one picked by chance. */
function resample(points: Curve['points'], min: number, max: number, width: number): [number, number][] {
  if (points.length <= width || max === min) return points.map((p) => [p.x, p.y]);
  const sums = new Map<number, { sum: number; n: number }>();
  for (const point of points) {
    const column = Math.min(width - 1, Math.floor(((point.x - min) / (max - min)) * width));
    const cell = sums.get(column) ?? { sum: 0, n: 0 };
    cell.sum += point.y;
    cell.n += 1;
    sums.set(column, cell);
  }
  return [...sums]
    .sort((a, b) => a[0] - b[0])
    .map(([column, { sum, n }]) => [xOf(column, min, max, width), sum / n]);
}

/** The middle of a column; the ends stay where they are, so that the axis shows them. */
function xOf(column: number, min: number, max: number, width: number): number {
  if (column === 0) return min;
  return column === width - 1 ? max : min + ((column + 0.5) / width) * (max - min);
}

function ticks(min: number, max: number): number[] {
  return [min, min + (max - min) / 2, max].map(Math.round);
}
