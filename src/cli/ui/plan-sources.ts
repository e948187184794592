// The sources of a plan: a table if it fits, else a sentence for each.
import stringWidth from 'string-width';
import { notDrawn } from '../../dataset/weight.ts';
import type { Plan, PlannedSource } from '../../run/plan.ts';
import { formatCount, formatNumber } from './format.ts';

type Cells = [title: string, cell: (source: PlannedSource) => string, words?: boolean][];

const trained = (source: PlannedSource, value: number): string =>
  source.role === 'train' ? formatCount(value) : '–';

const columns: Cells = [
  ['source', ({ path }) => path, true],
  ['format', ({ format }) => format, true],
  ['template', ({ template }) => template, true],
  ['weight', (source) => (source.role === 'train' ? formatNumber(source.weight) : '–')],
  ['rows', ({ rows_in }) => formatCount(rows_in)],
  ['dropped', (source) => formatCount(droppedRows(source) - undrawnRows(source))],
  ['not drawn', (source) => trained(source, undrawnRows(source))],
  ['validation', ({ validation }) => formatCount(validation)],
  ['train', (source) => trained(source, source.train)],
  ['fed', (source) => trained(source, source.fed.rows)],
  ['tokens', (source) => trained(source, source.fed.tokens)],
  ['trained', (source) => trained(source, source.fed.trained_tokens)],
];

/** Lines of the part, at most `width` columns if possible; none for a single source without a weight. */
export function sourceLines({ dataset }: Plan, width: number): string[] {
  const sources = dataset.sources ?? [];
  if (sources.length < 2 && sources.every(({ weight }) => weight === 1)) return [];
  // One template for all is said with the tokens.
  const own = new Set(sources.map(({ template }) => template)).size > 1;
  const shown = columns.filter(([title]) => own || title !== 'template');
  const lines = tableLines(shown, sources);
  return lines.every((line) => stringWidth(line) <= width)
    ? lines
    : sources.map((source) => sentenceOf(source, own));
}

// No-break spaces, because wrapping would take ordinary ones out.
function tableLines(shown: Cells, sources: readonly PlannedSource[]): string[] {
  const rows = [
    shown.map(([title]) => title),
    ...sources.map((source) => shown.map(([, cell]) => cell(source))),
  ].map((row) => row.map((cell) => cell.replaceAll(' ', '\u00a0')));
  const widths = shown.map((_, i) => Math.max(...rows.map((row) => stringWidth(row[i] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const room = '\u00a0'.repeat((widths[i] ?? 0) - stringWidth(cell));
        return shown[i]?.[2] ? cell + room : room + cell;
      })
      .join('\u00a0\u00a0'),
  );
}

function sentenceOf(source: PlannedSource, own: boolean): string {
  const { role, path, format, template, weight, rows_in, train, validation, fed } = source;
  const settings = [
    format,
    ...(own ? [`template ${template}`] : []),
    ...(role === 'train' && weight !== 1 ? [`weight ${formatNumber(weight)}`] : []),
  ].join(', ');
  const undrawn = undrawnRows(source);
  const rows = [
    `${formatCount(train)} train`,
    `${formatCount(validation)} validation`,
    `${formatCount(droppedRows(source) - undrawn)} dropped`,
    ...(undrawn > 0 ? [`${formatCount(undrawn)} not drawn`] : []),
  ].join(' + ');
  const feeds = `; an epoch feeds ${formatCount(fed.rows)} rows, ${formatCount(fed.tokens)} tokens, ${formatCount(fed.trained_tokens)} trained`;
  return `${path} (${settings}): ${formatCount(rows_in)} rows = ${rows}${role === 'train' ? feeds : ''}`;
}

function undrawnRows({ dropped }: PlannedSource): number {
  return dropped[notDrawn] ?? 0;
}

function droppedRows({ dropped }: PlannedSource): number {
  return Object.values(dropped).reduce((sum, n) => sum + n, 0);
}
