// Everything that is known about one run.
import { join } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import type { ComparedRun } from '../../run/compare.ts';
import type { RunCursor } from '../../run/cursor.ts';
import type { Failure } from '../../run/failure.ts';
import { runPaths } from '../../run/layout.ts';
import type { Plan } from '../../run/plan.ts';
import { statusWord } from '../../run/status.ts';
import type { AttemptRow } from '../../store/attempts.ts';
import { runEvents, type StoredEvent } from '../../store/events.ts';
import type { RunFinding } from '../../store/findings.ts';
import type { Store } from '../../store/open-store.ts';
import { readSeries, type SeriesBucket } from '../../store/read-series.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { snapshotRun } from '../../store/run-snapshot.ts';
import type { RunRow } from '../../store/runs.ts';
import { type AwayState, awayState } from '../../supervise/away-runs.ts';
import { requirePlan } from '../files/require-plan.ts';
import { type MeasuredSpan, measuredSpan } from '../forecast/measured-span.ts';
import { startupSeconds } from '../forecast/past-runs.ts';
import { gather } from './compare-runs.ts';

export interface ForecastRow {
  what: string;
  unit: 'count' | 'bytes' | 'seconds' | 'per_second';
  forecast: number | null;
  actual: number | null;
  /** (actual ÷ forecast − 1) · 100; null if either is missing, the forecast is 0, or the run did not go to its end. */
  error_percent: number | null;
}

export interface ShownRun {
  row: RunRow;
  run: ComparedRun;
  dir: string;
  /** The cursor to follow the run from; this result includes everything before it. */
  cursor: RunCursor;
  attempts: AttemptRow[];
  failure: Failure | null;
  findings: RunFinding[];
  forecasts: ForecastRow[];
  artifacts: StoredEvent<'artifact'>[];
  checkpoints: StoredEvent<'checkpoint'>[];
  /** Where resumed attempts went on, each with the proof that it computes the same as before. */
  resumes: StoredEvent<'resume'>[];
  /** Null if it worked on this machine. */
  away: AwayState | null;
  curves: Record<'loss' | 'eval_loss', SeriesBucket[]>;
}

/** One run by id, prefix, name or @last, as recorded at one moment. */
export async function showRun(store: Store, runsDir: string, ref: string, now: number): Promise<ShownRun> {
  const id = resolveRun(store, ref);
  const { dir } = runPaths(join(runsDir, id));
  const plan = await requirePlan(dir);
  return store.read(() => {
    const snapshot = snapshotRun(store, id);
    if (!snapshot) throw new UserError('U101', `there is no run ${id}`);
    const { row, attempts, findings, events } = snapshot.state;
    const run = gather(store, id, plan, now);
    return {
      row,
      run,
      dir,
      cursor: snapshot.cursor,
      attempts,
      failure: row.failure,
      findings: findings.map((finding) => withPlannedData(finding, plan)),
      // A part of the steps compared with all of them would look like an error of the forecast.
      forecasts: forecastRows(store, run, {
        span: measuredSpan(store, row),
        whole: statusWord(row.status) === 'succeeded' && !run.early_stop,
      }),
      artifacts: events.filter((event): event is StoredEvent<'artifact'> => event.type === 'artifact'),
      checkpoints: events.filter((event): event is StoredEvent<'checkpoint'> => event.type === 'checkpoint'),
      resumes: events.filter((event): event is StoredEvent<'resume'> => event.type === 'resume'),
      away: awayState({ store, runsDir }, id),
      curves: {
        loss: readSeries(store, id, 'loss', { maxPoints: 200 }),
        eval_loss: readSeries(store, id, 'eval_loss', { maxPoints: 200 }),
      },
    };
  });
}

/** The database has a finding's sentence; the plan has the number of its rows. */
function withPlannedData(finding: RunFinding, plan: Plan): RunFinding {
  if (finding.attempt > 0) return finding;
  const planned = plan.findings.find(
    ({ code, message }) => code === finding.code && message === finding.message,
  );
  return planned?.data ? { ...finding, data: planned.data } : finding;
}

/** The plan's forecasts compared with what happened. */
function forecastRows(
  store: Store,
  run: ComparedRun,
  { span, whole }: { span: MeasuredSpan | null; whole: boolean },
): ForecastRow[] {
  const { plan } = run;
  const data = runEvents(store, run.id, { types: ['data'] }).at(-1);
  const last = run.metrics.find((metric) => metric.name === 'loss');
  const { parameters, memory, time } = plan.forecast;
  const ends = runEvents(store, run.id, { types: ['end'] });
  const total = plan.forecast.steps.total;
  // Only a part of a resumed run may have been timed; then use the forecast for that number of steps.
  const part = run.resumed && span && span.steps !== total && total > 0 ? span.steps / total : null;
  const cuda = run.reserved_peak_bytes !== null;
  const perToken = data && data.train.tokens > 0 ? data.train.trained_tokens / data.train.tokens : null;
  const rows: Omit<ForecastRow, 'error_percent'>[] = [
    {
      what: 'trainable parameters',
      unit: 'count',
      forecast: parameters?.trainable ?? null,
      actual: run.trainable,
    },
    { what: 'total parameters', unit: 'count', forecast: parameters?.total ?? null, actual: run.total },
    {
      what: 'train rows',
      unit: 'count',
      forecast: plan.dataset.train.rows,
      actual: data?.train.rows ?? null,
    },
    {
      what: 'tokens',
      unit: 'count',
      forecast: plan.dataset.train.tokens,
      actual: data?.train.tokens ?? null,
    },
    {
      what: 'trained tokens',
      unit: 'count',
      forecast: plan.dataset.train.trained_tokens,
      actual: data?.train.trained_tokens ?? null,
    },
    {
      what: 'steps',
      unit: 'count',
      forecast: plan.forecast.steps.total,
      actual: ends.at(-1)?.step ?? last?.last_step ?? null,
    },
    {
      what: 'time to the first step',
      unit: 'seconds',
      forecast: time?.startup_seconds ?? null,
      actual: startupSeconds(store, run.id),
    },
    {
      what: part === null ? 'training time' : `training time of ${span?.steps} of ${total} steps`,
      unit: 'seconds',
      forecast: time?.seconds ? time.seconds * (part ?? 1) : null,
      actual: span?.seconds ?? null,
    },
    {
      what: 'trained tokens a second',
      unit: 'per_second',
      forecast: time?.tokens_per_second && perToken ? time.tokens_per_second * perToken : null,
      actual: run.trained_tokens_per_second,
    },
    {
      what: 'GPU memory peak, reserved',
      unit: 'bytes',
      forecast: cuda ? (memory?.total_bytes ?? null) : null,
      actual: run.reserved_peak_bytes,
    },
    { what: 'GPU memory peak, allocated', unit: 'bytes', forecast: null, actual: run.allocated_peak_bytes },
    {
      what: 'process memory peak',
      unit: 'bytes',
      forecast: cuda ? null : (memory?.total_bytes ?? null),
      actual: run.rss_peak_bytes,
    },
    {
      what: 'one checkpoint',
      unit: 'bytes',
      forecast: plan.forecast.disk?.checkpoint_bytes ?? null,
      actual: runEvents(store, run.id, { types: ['checkpoint'] }).at(-1)?.bytes ?? null,
    },
    {
      what: 'adapter',
      unit: 'bytes',
      forecast: plan.forecast.disk?.adapter_bytes ?? null,
      actual:
        runEvents(store, run.id, { types: ['artifact'] }).findLast(({ kind }) => kind === 'adapter')?.bytes ??
        null,
    },
  ];
  const partial = new Set(whole ? [] : ['steps', 'training time']);
  return rows.map((row) => ({ ...row, error_percent: partial.has(row.what) ? null : errorPercent(row) }));
}

function errorPercent({ forecast, actual }: Pick<ForecastRow, 'forecast' | 'actual'>): number | null {
  return forecast && actual !== null ? (actual / forecast - 1) * 100 : null;
}
