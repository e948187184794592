// A comparison as a screen, as CSV, as Markdown: the same rows each time.
import type { RunComparison } from '../../app/runs/compare-runs.ts';
import { markdownText } from '../../diagnostics/visible.ts';
import type { ResultRow } from '../../run/compare.ts';
import type { OutputStream } from '../context.ts';
import { renderChart } from './chart.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { paint } from './paint.ts';
import { renderTable, type TableStyle } from './table.ts';

type Style = Pick<OutputStream, 'isTTY' | 'color' | 'columns'>;

/** Differences, results and curves, in aligned columns; with `tabs` the tables are tab-separated and there is no chart. */
export function renderComparison(
  comparison: RunComparison,
  { isTTY, color, columns }: Style,
  tabs = false,
): string {
  const style = { isTTY, color: color && !tabs, columns, tabs };
  const ink = paint(style.color);
  const labels = labelRuns(comparison);
  const table = (rows: readonly (readonly string[])[]) => renderRunColumns(labels, rows, style);
  const parts: string[] = [];
  parts.push(
    table([
      ['run', ...comparison.runs.map((run) => run.id)],
      ['status', ...comparison.runs.map((run) => run.status)],
      ...sweepRow(comparison),
    ]),
  );
  parts.push(
    ink.bold('Settings that differ\n') +
      (comparison.config.length === 0
        ? '  none\n'
        : table(comparison.config.map(({ path, values }) => [path, ...values.map(formatSetting)]))),
  );
  parts.push(ink.bold('Rows\n') + table(datasetRows(comparison)));
  const results = comparison.results.map((row) => [
    row.name,
    ...row.values.map((value, i) =>
      i === row.best ? ink.green(`${formatResult(row, value)} *`) : formatResult(row, value),
    ),
  ]);
  parts.push(ink.bold('Results\n') + table(results));
  if (!comparison.validation_comparable)
    parts.push(
      `${ink.yellow('Validation losses are not comparable:')} ${comparison.not_comparable_because.join('; ')}.\n`,
    );
  if (tabs) return parts.join('\n');
  for (const [metric, curves] of Object.entries(comparison.curves)) {
    const chart = renderChart(
      curves.map((curve, i) => ({ label: labels[i] ?? curve.name, points: curve.points })),
      style,
    );
    if (chart) parts.push(`${ink.bold(metric)} over steps\n${chart}`);
  }
  return parts.join('\n');
}

/** One line per setting and result, a column per run; raw values. */
export function renderComparisonCsv(comparison: RunComparison): string {
  return rawRows(comparison)
    .map((row) => `${row.map(csvCell).join(',')}\n`)
    .join('');
}

/** The same rows as one Markdown table. */
export function renderComparisonMarkdown(comparison: RunComparison): string {
  const [head, ...rows] = rawRows(comparison);
  if (!head) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |\n`;
  const note = comparison.validation_comparable
    ? ''
    : `\nValidation losses are not comparable: ${comparison.not_comparable_because.join('; ')}.\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('') + note;
}

const narrowestRun = 12;

/** A column a run; as many runs beside one another as the terminal has room for, the others below. */
function renderRunColumns(
  labels: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const first = Math.min(24, Math.max(...rows.map((row) => (row[0] ?? '').length)));
  const fit = Math.max(1, Math.floor((style.columns - first) / (narrowestRun + 2)));
  const perBlock = style.isTTY && !style.tabs ? fit : labels.length;
  const blocks: string[] = [];
  for (let from = 0; from < labels.length; from += perBlock) {
    const to = from + perBlock;
    const shown = labels.slice(from, to).map((title) => ({ title, align: 'right' as const }));
    blocks.push(
      renderTable(
        [{ title: '' }, ...shown],
        rows.map(([name = '', ...values]) => [name, ...values.slice(from, to)]),
        style,
      ),
    );
  }
  return blocks.join('\n');
}

function rawRows(comparison: RunComparison): string[][] {
  const raw = (value: unknown) =>
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return [
    ['', ...comparison.runs.map((run) => run.id)],
    ['name', ...comparison.runs.map((run) => run.name)],
    ['status', ...comparison.runs.map((run) => run.status)],
    ...sweepRow(comparison),
    ...comparison.config.map(({ path, values }) => [path, ...values.map(raw)]),
    ['dataset fingerprint', ...comparison.dataset.fingerprints],
    ['train rows', ...comparison.dataset.train_rows.map(String)],
    ...(weighted(comparison) ? [['rows fed an epoch', ...comparison.dataset.fed_rows.map(String)]] : []),
    ['validation rows', ...comparison.dataset.validation_rows.map(String)],
    ['rows added', ...comparison.dataset.added.map(String)],
    ['rows removed', ...comparison.dataset.removed.map(String)],
    ...comparison.results.map((row) => [
      row.unit === 'ms' ? `${row.name} (ms)` : row.unit === 'bytes' ? `${row.name} (bytes)` : row.name,
      ...row.values.map(raw),
    ]),
  ];
}

function datasetRows({ dataset }: RunComparison): string[][] {
  return [
    ['dataset', ...dataset.fingerprints.map((fingerprint) => fingerprint.slice(0, 12))],
    ['train', ...dataset.train_rows.map(formatCount)],
    ...(weighted({ dataset }) ? [['fed an epoch', ...dataset.fed_rows.map(formatCount)]] : []),
    ['validation', ...dataset.validation_rows.map(formatCount)],
    [
      'added · removed',
      ...dataset.added.map((added, i) => (i === 0 ? '–' : `+${added} · −${dataset.removed[i]}`)),
    ],
  ];
}

/** Whether some run feeds rows more than once. */
function weighted({ dataset }: Pick<RunComparison, 'dataset'>): boolean {
  return dataset.fed_rows.some((fed, i) => fed !== dataset.train_rows[i]);
}

function sweepRow({ runs }: RunComparison): string[][] {
  return runs.some((run) => run.sweep) ? [['sweep', ...runs.map((run) => run.sweep ?? '')]] : [];
}

/** Names if they tell runs apart, else the ids' last part too. */
function labelRuns({ runs }: RunComparison): string[] {
  const names = runs.map((run) => run.name);
  return runs.map((run) =>
    names.filter((name) => name === run.name).length > 1 ? `${run.name} …${run.id.slice(-4)}` : run.name,
  );
}

function formatSetting(value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'number') return formatNumber(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatResult(row: ResultRow, value: number | null): string {
  if (value === null) return '–';
  const format = { ms: formatDuration, bytes: formatBytes, count: formatCount, number: formatNumber }[
    row.unit
  ];
  return format(value);
}

function csvCell(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
