// One run on a screen: what was planned, what happened, what to do next.
import { relative } from 'node:path';
import type { ShownRun } from '../../app/runs/show-run.ts';
import { earlyStopSentence } from '../../run/early-stop.ts';
import { bestOf, metricKind } from '../../run/metric-kind.ts';
import { statusWord } from '../../run/status.ts';
import type { OutputStream } from '../context.ts';
import { renderChart } from './chart.ts';
import { renderDigest } from './findings-digest.ts';
import { formatAge, formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { renderNext } from './next.ts';
import { type Ink, paint, visible } from './paint.ts';
import { datasetFiles, renderPlan } from './plan-view.ts';
import { renderTable, type TableStyle } from './table.ts';
import { fitText } from './wrap.ts';

/** Everything about a run, ending in the next useful commands. */
export function renderRun(shown: ShownRun, style: OutputStream, now: number, cwd: string): string {
  const ink = paint(style.color);
  // Spread would lose the stream's getters.
  const aligned = { isTTY: style.isTTY, columns: style.columns, color: style.color, tabs: false };
  const { row, run } = shown;
  const word = statusWord(row.status);
  const parts = [
    fitText(
      `${ink.bold(row.id)} ${statusInk(word, ink)(word)}, created ${formatAge(now - row.createdMs)}, ${row.attempts} attempt${row.attempts === 1 ? '' : 's'}, ${formatDuration(run.duration_ms ?? 0)}`,
      style,
    ) +
      '\n' +
      (row.tags.length > 0 ? `  tags  ${visible(row.tags.join(', '))}\n` : '') +
      (row.notes ? `  notes ${visible(row.notes)}\n` : '') +
      awayLine(shown, now) +
      (run.early_stop ? `  ${earlyStopSentence(run.early_stop)}\n` : ''),
    shown.failure ? failureLines(shown.failure, ink) : '',
    resumeLines(shown.resumes, ink),
    renderPlan(run.plan, style),
    `${ink.bold('Planned and measured')}\n${forecastTable(shown, aligned, ink)}`,
    run.metrics.length > 0 ? `${ink.bold('Metrics')}\n${metricsTable(shown, aligned)}` : '',
    chartOf(shown, style),
    shown.findings.length > 0
      ? `${ink.bold('Findings')}\n${renderDigest(shown.findings, datasetFiles(run.plan), style)}`
      : '',
    shown.artifacts
      .map(
        (a) =>
          `${ink.bold(a.kind)}  ${visible(shorter(cwd, `${shown.dir}/${a.path}`))}  ${formatBytes(a.bytes)}\n`,
      )
      .join(''),
    renderNext(nextCommands(shown), style),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Where it is, and since when nothing was heard of it. */
function awayLine({ away, row }: ShownRun, now: number): string {
  if (!away) return '';
  const host = visible(away.host);
  if (!away.ended)
    return `  on ${host}, last heard of ${formatDuration(Math.max(0, now - away.heard_ms))} ago\n`;
  if (away.fetched) return `  trained on ${host}, results fetched\n`;
  return `  its results are on ${host} and not here yet: lorch fetch ${row.id}\n`;
}

/** A path from `cwd` if it is in there, else as it is. */
function shorter(cwd: string, path: string): string {
  const from = relative(cwd, path);
  return from.startsWith('..') ? path : from;
}

/** Green for good, red for bad, yellow for what is under way. */
export function statusInk(word: string, ink: Ink): (text: string) => string {
  if (word === 'succeeded') return ink.green;
  if (word === 'failed' || word === 'lost') return ink.red;
  return ink.yellow;
}

function failureLines(failure: NonNullable<ShownRun['failure']>, ink: Ink): string {
  return [
    `${ink.red(failure.class)} ${ink.bold(failure.code)} ${visible(failure.message)}`,
    ...failure.evidence.map((line) => `  ${ink.dim(visible(line))}`),
    `  ${ink.cyan('hint:')} ${visible(failure.hint)}`,
    '',
  ].join('\n');
}

/** Where each resumed attempt went on, and whether it computes what the one before computed. */
function resumeLines(resumes: ShownRun['resumes'], ink: Ink): string {
  const lines = resumes.map(({ run_attempt, step, probe, allowed_changes }) => {
    const from = `attempt ${run_attempt} went on from step ${step}`;
    const allowed = allowed_changes === null ? '' : `; changes allowed: ${visible(allowed_changes)}`;
    if (!probe) return `  ${from}${allowed}\n`;
    const { loss, loss_again: again, tolerance } = probe;
    const proof = probe.equal
      ? ink.green(loss === again ? 'the same loss' : `the same loss within ${tolerance}`)
      : ink.red(`another loss (${formatNumber(again)})`);
    return `  ${from}: ${proof} on the probe rows (${formatNumber(loss)})${allowed}\n`;
  });
  return lines.length > 0 ? `${ink.bold('Resumed')}\n${lines.join('')}` : '';
}

/** The tables of `lorch show` alone, tab-separated. */
export function renderRunTables(shown: ShownRun, style: OutputStream): string {
  const tabs = { isTTY: style.isTTY, columns: style.columns, color: false, tabs: true };
  return `${forecastTable(shown, tabs, paint(false))}\n${metricsTable(shown, tabs)}`;
}

function forecastTable({ row, forecasts }: ShownRun, style: TableStyle, ink: Ink): string {
  const running = ['queued', 'launching', 'running', 'stopping'].includes(statusWord(row.status));
  return renderTable(
    [{ title: '' }, { title: 'plan', align: 'right' }, { title: 'run', align: 'right' }, { title: '' }],
    forecasts
      .filter((each) => each.forecast !== null || each.actual !== null)
      .map(({ what, unit, forecast, actual, error_percent: error }) => {
        const show = (value: number | null) => (value === null ? '–' : formatForecast(value, unit));
        if (forecast !== null && forecast === actual)
          return [what, show(forecast), show(actual), ink.green('as planned')];
        const sofar = running && forecast !== null && actual !== null ? 'so far' : '';
        return [what, show(forecast), show(actual), error === null ? sofar : formatError(error)];
      }),
    style,
  );
}

function formatForecast(value: number, unit: ShownRun['forecasts'][number]['unit']): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'seconds') return formatDuration(value * 1000);
  return unit === 'per_second' ? `${formatNumber(value)}/s` : formatCount(value);
}

function formatError(percent: number): string {
  return `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(1)} %`;
}

function metricsTable({ run }: ShownRun, style: TableStyle): string {
  return renderTable(
    [
      { title: '' },
      { title: 'last', align: 'right' },
      { title: 'best', align: 'right' },
      { title: 'at step', align: 'right' },
      { title: 'points', align: 'right', drop: 1 },
    ],
    run.metrics.map((metric) => {
      const { value, step } = bestOf(metric);
      return [
        metric.name,
        formatMetric(metric.name, metric.last),
        value === null ? '' : formatMetric(metric.name, value),
        step === null ? '' : String(step),
        String(metric.points),
      ];
    }),
    style,
  );
}

function formatMetric(name: string, value: number | null): string {
  if (value === null) return '–';
  const { unit } = metricKind(name);
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'ms') return formatDuration(value);
  if (unit === 'seconds') return formatDuration(value * 1000);
  if (unit === 'share') return `${(100 * value).toFixed(1)} %`;
  return unit === 'per_second' ? `${formatNumber(value)}/s` : formatNumber(value);
}

function chartOf({ curves }: ShownRun, style: OutputStream): string {
  const shown = Object.entries(curves).map(([label, buckets]) => ({
    label,
    points: buckets.map((bucket) => ({ x: bucket.last_step, y: bucket.mean ?? Number.NaN })),
  }));
  const chart = renderChart(shown, style);
  return chart && `${paint(style.color).bold('Loss')} over steps\n${chart}`;
}

function nextCommands({ row }: ShownRun): string[] {
  const word = statusWord(row.status);
  return word === 'succeeded'
    ? [`lorch try ${row.id}`, `lorch merge ${row.id} -o merged/`]
    : word === 'running' || word === 'launching' || word === 'queued'
      ? [`lorch logs ${row.id} -f`, `lorch stop ${row.id}`]
      : [`lorch logs ${row.id}`, `lorch resume ${row.id}`];
}
