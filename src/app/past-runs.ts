// What successful runs of this workspace measured on one device: the ground that later forecasts stand on.
import { join } from 'node:path';
import { type Calibration, calibrate, priorSpread } from '../model/calibration.ts';
import type { Plan } from '../run/plan.ts';
import { runEvents } from '../store/events.ts';
import type { Store } from '../store/open-store.ts';
import { listRuns } from '../store/runs.ts';
import { seriesSummaries } from '../store/series-summary.ts';
import { readPlan } from './read-plan.ts';

/** The last runs of a kind are enough, and planning stays quick in a workspace of thousands. */
const looksBack = 50;

export interface PastRun {
  plan: Plan;
  /** `cpu`, or the GPU as torch names it. */
  device: string;
  /** Tokens trained on ÷ time in the training loop, evaluation and checkpoints included. */
  tokensPerSecond: number | null;
  /** Reserved on a GPU, resident set on the CPU, in bytes. */
  peakBytes: number | null;
}

/** Succeeded runs of one device and model type, the newest first. Failed ones never count, nor do plans that are lost. */
export async function pastRuns(
  store: Store,
  runsDir: string,
  { device, modelType }: { device: string; modelType: string },
): Promise<PastRun[]> {
  const found: PastRun[] = [];
  for (const row of listRuns(store, { status: ['succeeded'], limit: looksBack })) {
    const hello = runEvents(store, row.id, { types: ['hello'] }).at(-1);
    if (!hello || deviceKey(hello.device) !== device) continue;
    const plan = await readPlan(join(runsDir, row.id)).catch(() => null);
    if (plan?.base_model.model_type !== modelType) continue;
    const ends = runEvents(store, row.id, { types: ['end'] });
    const seconds = ends.reduce((sum, { train_ms }) => sum + train_ms, 0) / 1000;
    // An attempt that was killed does not say how long it trained.
    const timed = ends.length === row.attempts && seconds > 0 && row.tokens;
    const peak = (name: string) =>
      seriesSummaries(store, row.id).find((series) => series.name === name)?.max ?? null;
    found.push({
      plan,
      device,
      tokensPerSecond: timed ? (row.tokens ?? 0) / seconds : null,
      peakBytes: peak(device === 'cpu' ? 'rss_peak_bytes' : 'reserved_peak_bytes'),
    });
  }
  return found;
}

function deviceKey({ kind, name }: { kind: string; name: string }): string {
  return kind === 'cpu' ? 'cpu' : name;
}

/** Measured ÷ forecast memory over past runs; what an earlier calibration multiplied is taken out again. */
export function calibrateMemory(runs: readonly PastRun[]): Calibration | null {
  const ratios = runs.flatMap(({ plan, peakBytes }) => {
    const { memory } = plan.forecast;
    if (!memory || peakBytes === null) return [];
    return [peakBytes / (memory.total_bytes / (memory.calibrated?.factor ?? 1))];
  });
  return calibrate(ratios, priorSpread.memory);
}
