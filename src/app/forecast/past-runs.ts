// What this workspace measured on one device, in runs and calibrations; later forecasts are based on it.
import { join } from 'node:path';
import { type Calibration, calibrate, medianOfSorted, priorSpread } from '../../model/calibration.ts';
import { isSameGpu } from '../../model/gpus.ts';
import { nearestRungs } from '../../model/ladder.ts';
import { listAttempts } from '../../store/attempts.ts';
import { runEvents } from '../../store/events.ts';
import type { Store } from '../../store/open-store.ts';
import { listRuns } from '../../store/runs.ts';
import { seriesSummaries } from '../../store/series-summary.ts';
import { requirePlan } from '../files/require-plan.ts';
import { peakOf, readRungs } from './calibration-file.ts';
import { measuredSpan } from './measured-span.ts';

/** The last runs of a kind are enough, so planning stays fast in a workspace with thousands of runs. */
const looksBack = 50;
const ladderLooksBack = 10;

/** A run, or one size of a calibration. */
export interface PastRun {
  /** Null for a run. */
  ladder: { id: string; tokensAtOnce: number } | null;
  /** The base model as the config names it. */
  base: string;
  /** Tokens ÷ time in the training loop; for runs this time includes evaluation and checkpoints. */
  tokensPerSecond: number | null;
  flopsPerToken: number | null;
  /** Reserved on a GPU, resident set on the CPU. */
  peakBytes: number | null;
  /** By the formula alone. */
  forecastBytes: number | null;
  /** Time from the start of the process to the first step. */
  startupSeconds: number | null;
}

/** A device and a model type; measurements of the same kind can be compared. */
export interface Kind {
  /** `cpu`, or the GPU as torch or `--gpu` names it. */
  device: string;
  modelType: string;
}

/** Succeeded runs, newest first, then calibrations. Failed runs and runs without a plan never count. */
export async function pastRuns(store: Store, runsDir: string, kind: Kind): Promise<PastRun[]> {
  return [...(await succeededRuns(store, runsDir, kind)), ...(await ladderRungs(runsDir, kind))];
}

async function succeededRuns(store: Store, runsDir: string, kind: Kind): Promise<PastRun[]> {
  const found: PastRun[] = [];
  for (const row of listRuns(store, { status: ['succeeded'], limit: looksBack })) {
    const hello = runEvents(store, row.id, { types: ['hello'] }).at(-1);
    if (!hello || !isSameGpu(deviceKey(hello.device), kind.device)) continue;
    const plan = await requirePlan(join(runsDir, row.id)).catch(() => null);
    if (plan?.base_model.model_type !== kind.modelType) continue;
    const span = measuredSpan(store, row);
    const peak = kind.device === 'cpu' ? 'rss_peak_bytes' : 'reserved_peak_bytes';
    const { memory, time } = plan.forecast;
    found.push({
      ladder: null,
      base: plan.base_model.id,
      tokensPerSecond: span?.tokens ? span.tokens / span.seconds : null,
      flopsPerToken: time?.flops_per_token ?? null,
      peakBytes: seriesSummaries(store, row.id).find(({ name }) => name === peak)?.max ?? null,
      // Undo the correction that an earlier calibration applied.
      forecastBytes: memory && memory.total_bytes / (memory.calibrated?.factor ?? 1),
      startupSeconds: startupSeconds(store, row.id),
    });
  }
  return found;
}

async function ladderRungs(runsDir: string, { device, modelType }: Kind): Promise<PastRun[]> {
  const rungs = (await readRungs(runsDir)).filter(
    (rung) => isSameGpu(rung.device, device) && rung.model_type === modelType,
  );
  const ladders = new Set([...new Set(rungs.map(({ ladder }) => ladder))].slice(-ladderLooksBack));
  return rungs
    .filter(({ ladder }) => ladders.has(ladder))
    .map((rung) => ({
      ladder: { id: rung.ladder, tokensAtOnce: rung.batch * rung.sequence_tokens },
      base: rung.base,
      tokensPerSecond: rung.tokens_per_second,
      flopsPerToken: rung.flops_per_token,
      peakBytes: peakOf(rung),
      forecastBytes: rung.forecast_bytes,
      startupSeconds: null,
    }));
}

/** The name under which measurements of a device are grouped. */
export function deviceKey({ kind, name }: { kind: string; name: string }): string {
  return kind === 'cpu' ? 'cpu' : name;
}

/** From the start of the first attempt's process to its first step; null if it never reached a step. */
export function startupSeconds(store: Store, run: string): number | null {
  const first = listAttempts(store, run).find(({ startedMs }) => startedMs !== null);
  const began = runEvents(store, run, { types: ['settings'] })[0];
  if (!first?.startedMs || !began || began.t < first.startedMs) return null;
  return (began.t - first.startedMs) / 1000;
}

/** The median over past runs of one base model; null without any. */
export function usualStartup(past: readonly PastRun[], base: string): number | null {
  const known = past
    .flatMap((each) => (each.base === base && each.startupSeconds !== null ? [each.startupSeconds] : []))
    .sort((a, b) => a - b);
  return known.length > 0 ? medianOfSorted(known) : null;
}

/** Measured ÷ forecast memory, for a plan with this many tokens on the device at once; `ladders` of the `runs` are calibrations. */
export function calibrateMemory(
  past: readonly PastRun[],
  tokens: number,
): (Calibration & { ladders: number }) | null {
  const counted = nearestRungs(
    past.filter(({ peakBytes, forecastBytes }) => peakBytes && forecastBytes),
    tokens,
  );
  const ratios = counted.map(({ peakBytes, forecastBytes }) => (peakBytes ?? 0) / (forecastBytes ?? 1));
  const found = calibrate(ratios, priorSpread.memory);
  return found && { ...found, ladders: counted.filter(({ ladder }) => ladder).length };
}
