// Reads what each run planned and recorded, and compares the runs.
import { join } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import type { ComparedRun, Comparison, MetricSummary } from '../../run/compare.ts';
import { buildComparison } from '../../run/compare.ts';
import { earlyStopOf } from '../../run/early-stop.ts';
import { runPaths } from '../../run/layout.ts';
import type { Plan } from '../../run/plan.ts';
import { statusWord } from '../../run/status.ts';
import { runEvents } from '../../store/events.ts';
import type { Store } from '../../store/open-store.ts';
import { readSeries } from '../../store/read-series.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { resolveSweep } from '../../store/resolve-sweep.ts';
import { activeMs, getRun } from '../../store/runs.ts';
import { seriesSummaries } from '../../store/series-summary.ts';
import { requirePlan } from '../files/require-plan.ts';
import { isResumed, measuredSpan } from '../forecast/measured-span.ts';
import { rowChanges } from './row-changes.ts';

export interface RunCurve {
  run: string;
  name: string;
  points: { x: number; y: number }[];
}

export interface RunComparison extends Comparison {
  curves: Record<string, RunCurve[]>;
}

export interface CompareRequest {
  store: Store;
  runsDir: string;
  /** Two or more runs, as the user names them; a sweep means all of its runs. */
  runs: readonly string[];
  /** Series to overlay. */
  metrics: readonly string[];
  /** Points per curve. */
  maxPoints?: number;
  now: number;
}

/** Compares runs by plan, rows and results. Throws UserError for unknown runs, or fewer than two. */
export async function compareRuns(request: CompareRequest): Promise<RunComparison> {
  const { store, runsDir } = request;
  const ids = [
    ...new Set(request.runs.flatMap((ref) => resolveSweep(store, ref) ?? [resolveRun(store, ref)])),
  ];
  if (ids.length < 2)
    throw new UserError('U110', 'comparing needs two different runs', { hint: '`lorch runs` lists them' });
  const runs: ComparedRun[] = [];
  for (const id of ids) {
    const plan = await requirePlan(join(runsDir, id));
    runs.push(gather(store, id, plan, request.now));
  }
  const changes = await rowChanges(
    runs.map(({ id, plan }) => ({
      fingerprint: plan.dataset.train.fingerprint,
      ledger: runPaths(join(runsDir, id)).ledger,
    })),
  );
  return { ...buildComparison(runs, changes), curves: readCurves(request, runs) };
}

/** The data of one run at one moment for `compare` and `show`: its plan and the index, not its ledger. */
export function gather(store: Store, id: string, plan: Plan, now: number): ComparedRun {
  return store.read(() => {
    const row = getRun(store, id);
    if (!row) throw new UserError('U101', `there is no run ${id}`);
    const metrics = seriesSummaries(store, id);
    const span = measuredSpan(store, row);
    return {
      id,
      name: row.name,
      status: statusWord(row.status),
      plan,
      metrics,
      trainable: row.trainable,
      total: row.total,
      duration_ms: row.startedMs === null ? null : activeMs(row, now),
      resumed: isResumed(store, id),
      attempts: row.attempts,
      trained_tokens_per_second: span?.trainedTokens ? span.trainedTokens / span.seconds : null,
      ...memoryPeaks(metrics),
      early_stop: earlyStopOf(runEvents(store, id, { types: ['end'] }).at(-1)),
    };
  });
}

type Peaks = Pick<ComparedRun, 'allocated_peak_bytes' | 'reserved_peak_bytes' | 'rss_peak_bytes'>;

/** The highest peaks that any attempt reported. */
function memoryPeaks(metrics: readonly MetricSummary[]): Peaks {
  const peak = (name: keyof Peaks): number | null =>
    metrics.find((metric) => metric.name === name)?.max ?? null;
  return {
    allocated_peak_bytes: peak('allocated_peak_bytes'),
    reserved_peak_bytes: peak('reserved_peak_bytes'),
    rss_peak_bytes: peak('rss_peak_bytes'),
  };
}

function readCurves(request: CompareRequest, runs: readonly ComparedRun[]): Record<string, RunCurve[]> {
  const curves: Record<string, RunCurve[]> = {};
  for (const metric of request.metrics) {
    curves[metric] = runs.map((run) => ({
      run: run.id,
      name: run.name,
      points: readSeries(request.store, run.id, metric, { maxPoints: request.maxPoints ?? 200 })
        .filter((bucket) => bucket.mean !== null)
        .map((bucket) => ({ x: bucket.last_step, y: bucket.mean ?? Number.NaN })),
    }));
  }
  return curves;
}
