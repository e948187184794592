// One run on a screen: what was planned, what happened, what to do next.
import type { ShownRun } from '../../app/show-run.ts';
import { earlyStopSentence } from '../../run/early-stop.ts';
import { statusWord } from '../../run/status.ts';
import type { OutputStream } from '../context.ts';
import { renderChart } from './chart.ts';
import { renderFindings } from './diagnostic.ts';
import { formatAge, formatBytes, formatCount, formatDuration, formatNumber } from './format.ts';
import { type Ink, paint, visible } from './paint.ts';
import { renderPlan } from './plan-view.ts';
import { renderTable } from './table.ts';

/** Everything about a run, ending in the next useful commands. */
export function renderRun(shown: ShownRun, style: OutputStream, now: number): string {
  const ink = paint(style.color);
  const { row, run } = shown;
  const word = statusWord(row.status);
  const parts = [
    `${ink.bold(row.id)} ${statusInk(word, ink)(word)}, created ${formatAge(now - row.createdMs)}, ${row.attempts} attempt${row.attempts === 1 ? '' : 's'}, ${formatDuration(run.duration_ms ?? 0)}\n` +
      (row.tags.length > 0 ? `  tags  ${visible(row.tags.join(', '))}\n` : '') +
      (row.notes ? `  notes ${visible(row.notes)}\n` : '') +
      (run.early_stop ? `  ${earlyStopSentence(run.early_stop)}\n` : ''),
    shown.failure ? failureLines(shown.failure, ink) : '',
    renderPlan(run.plan, style),
    `${ink.bold('Planned and measured')}\n${renderTable(
      [{ title: '' }, { title: 'plan', align: 'right' }, { title: 'run', align: 'right' }, { title: '' }],
      shown.forecasts
        .filter((each) => each.forecast !== null || each.actual !== null)
        .map(({ what, unit, forecast, actual, error_percent }) => {
          const show = (value: number | null) =>
            value === null
              ? '–'
              : unit === 'bytes'
                ? formatBytes(value)
                : unit === 'seconds'
                  ? formatDuration(value * 1000)
                  : unit === 'per_second'
                    ? formatNumber(value)
                    : formatCount(value);
          const verdict =
            error_percent === null
              ? ''
              : forecast === actual
                ? ink.green('as planned')
                : `${error_percent > 0 ? '+' : ''}${formatNumber(error_percent)} %`;
          return [what, show(forecast), show(actual), verdict];
        }),
      style,
    )}`,
    metricsTable(shown, style, ink),
    chartOf(shown, style),
    shown.findings.length > 0 ? `${ink.bold('Findings')}\n${renderFindings(shown.findings, style)}` : '',
    shown.artifacts
      .map((a) => `${ink.bold(a.kind)}  ${shown.dir}/${a.path}  ${formatBytes(a.bytes)}\n`)
      .join(''),
    nextCommands(shown, ink),
  ];
  return parts.filter((part) => part !== '').join('\n');
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

function metricsTable({ run }: ShownRun, style: OutputStream, ink: Ink): string {
  if (run.metrics.length === 0) return '';
  const number = (value: number | null) => (value === null ? '–' : formatNumber(value));
  return `${ink.bold('Metrics')}\n${renderTable(
    [
      { title: '' },
      { title: 'last', align: 'right' },
      { title: 'lowest', align: 'right' },
      { title: 'at step', align: 'right' },
      { title: 'points', align: 'right' },
    ],
    run.metrics.map((m) => [
      m.name,
      number(m.last),
      number(m.min),
      m.min_step === null ? '–' : String(m.min_step),
      String(m.points),
    ]),
    style,
  )}`;
}

function chartOf({ curves }: ShownRun, style: OutputStream): string {
  const shown = Object.entries(curves).map(([label, buckets]) => ({
    label,
    points: buckets.map((bucket) => ({ x: bucket.last_step, y: bucket.mean ?? Number.NaN })),
  }));
  const chart = renderChart(shown, style);
  return chart && `${paint(style.color).bold('Loss')} over steps\n${chart}`;
}

function nextCommands({ row }: ShownRun, ink: Ink): string {
  const word = statusWord(row.status);
  const commands =
    word === 'succeeded'
      ? [`lorch try ${row.id}`, `lorch merge ${row.id} -o merged/`]
      : word === 'running' || word === 'launching' || word === 'queued'
        ? [`lorch logs ${row.id} -f`, `lorch stop ${row.id}`]
        : [`lorch logs ${row.id}`, `lorch resume ${row.id}`];
  return `${ink.dim('next:')} ${commands.join('  ·  ')}\n`;
}
