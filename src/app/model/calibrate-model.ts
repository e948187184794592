// `lorch model calibrate`: takes real training steps at a few sizes, each in a separate process, and keeps the results for later plans.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { type RenderedConfig, renderConfig } from '../../config/render/index.ts';
import type { RunConfig } from '../../config/schema/run.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import { readContextLength } from '../../model/context-length.ts';
import { distinctSizes, ladderSizes, type RungSize, tokensAtOnce } from '../../model/ladder.ts';
import { quantizationAsLoaded } from '../../model/stored-quantization.ts';
import type { PythonEnv } from '../../python/environment.ts';
import type { Store } from '../../store/open-store.ts';
import { calibrationFile } from '../forecast/calibration-file.ts';
import { detectMachine } from '../forecast/find-machine.ts';
import { forecastParameters } from '../forecast/forecast-parameters.ts';
import {
  type Corrections,
  correctionsFrom,
  forecastRung,
  type RungForecast,
} from '../forecast/forecast-rung.ts';
import { measureRung, type RungContext, type RungMeasurement } from '../forecast/measure-rung.ts';
import { pastRuns } from '../forecast/past-runs.ts';
import { planInitAdapter } from '../plan/plan-init-adapter.ts';
import { resolveBase } from '../plan/resolve-base.ts';
import { readTarget, type TargetRequest } from './calibration-target.ts';

export interface CalibrateRequest extends Omit<TargetRequest, 'root'> {
  workspace: { root: string; runsDir: string; cacheDir: string; store: Store };
  /** Sizes to measure instead of the default ones for the settings. */
  batches: readonly number[];
  sequences: readonly number[];
  /** Seconds of timed steps at each size. */
  seconds: number;
  python(): Promise<PythonEnv>;
  lorchVersion: string;
  now(): number;
  signal: AbortSignal;
  /** Called before each size with its number, from 0. */
  onRung(size: RungSize, index: number, count: number): void;
  onStep(done: number): void;
}

export interface CalibratedRung extends RungSize {
  /** `left_out`: not measured; `reason` says why. */
  outcome: 'measured' | 'out_of_memory' | 'left_out';
  reason: string | null;
  forecast: RungForecast;
  measured: RungMeasurement | null;
}

export interface CalibratedModel extends Corrections {
  base: string;
  modelType: string;
  /** The device as later plans identify it; null if nothing was measured. */
  device: string | null;
  rungs: CalibratedRung[];
  /** Number of points of the sweep, of which the first is measured; 1 without a sweep. */
  sweepPoints: number;
  interrupted: boolean;
  /** Where it was written. */
  file: string;
}

/** Measures sizes, smallest first. Throws UserError C001, M0xx, P010, E0xx, and the trainer's errors except R005. */
export async function calibrateModel(request: CalibrateRequest): Promise<CalibratedModel> {
  const { workspace, signal } = request;
  const { loaded, points } = await readTarget({ ...request, root: workspace.root });
  const machine = await detectMachine(request.env);
  const base = await resolveBase(loaded.config, { workspace, env: request.env, signal });
  // An adapter that is trained further determines rank and targets; its weights cost no additional time or memory.
  const config = (await planInitAdapter(request, loaded, base))?.config ?? loaded.config;
  const { rendered } = renderConfig(config, machine);
  const spec = { id: config.base_model, path: base.path, revision: base.revision };
  const { count } = await forecastParameters({
    model: base.reading,
    rendered,
    base: { ...spec, trust_remote_code: config.model.trust_remote_code },
    python: request.python,
    signal,
  });
  const modelType = base.reading.known ? base.reading.facts.modelType : base.reading.modelType;
  const gpu = rendered.resources.gpus > 0 ? (machine.gpu?.name ?? null) : null;
  const kind = { device: gpu ?? 'cpu', modelType };
  const before = await pastRuns(workspace.store, workspace.runsDir, kind);
  const held = { ...rendered, quantization: quantizationAsLoaded(base.config, rendered.quantization) };
  const subject = { base: spec, rendered: held, reading: base.reading, count, gpu };
  const sizes = sizesOf(request, config, rendered, base);
  const rungs: CalibratedRung[] = sizes.map((size) => ({
    ...size,
    outcome: 'left_out',
    reason: null,
    forecast: forecastRung(subject, size, before),
    measured: null,
  }));
  await mkdir(workspace.runsDir, { recursive: true });
  const interrupted = await climb(request, rungs, { base: spec, rendered, modelType });
  const top = rungs.findLast(({ measured }) => measured);
  const device = top?.measured?.device ?? null;
  const after =
    device === null ? [] : await pastRuns(workspace.store, workspace.runsDir, { device, modelType });
  return {
    base: config.base_model,
    modelType,
    device,
    rungs,
    sweepPoints: points,
    interrupted,
    file: calibrationFile(workspace.runsDir),
    ...correctionsFrom(after, subject, top ?? null),
  };
}

/** The requested sizes, otherwise those for the settings. Throws UserError M035 for rows longer than the model's context. */
function sizesOf(
  { batches, sequences }: CalibrateRequest,
  { training }: RunConfig,
  rendered: RenderedConfig,
  base: ResolvedModel,
): RungSize[] {
  const limit = readContextLength(base.config).tokens ?? Number.POSITIVE_INFINITY;
  const tooLong = sequences.find((tokens) => tokens > limit);
  if (tooLong !== undefined)
    throw new UserError('M035', `--sequence ${tooLong}: ${base.id} reads ${limit} tokens at once`, {
      hint: `--sequence ${limit} is the most`,
      exitCode: 2,
    });
  const longest = Math.min(Number(rendered.training.max_length ?? 2048), limit);
  const batch = training.per_device_train_batch_size;
  if (batches.length === 0 && sequences.length === 0) return ladderSizes(batch, longest);
  const lengths = sequences.length > 0 ? sequences : [longest];
  const given = batches.length > 0 ? batches : [batch];
  return distinctSizes(given.flatMap((b) => lengths.map((s) => ({ batch: b, sequenceTokens: s }))));
}

/** Fills in the measurements; stops at a size that does not fit or takes too long. True if it was interrupted. */
async function climb(
  request: CalibrateRequest,
  rungs: CalibratedRung[],
  context: Omit<RungContext, 'ladder'>,
): Promise<boolean> {
  const ladder = `${request.now()}-${randomBytes(2).toString('hex')}`;
  let [stepMs, tokens, stop]: [number, number, string | null] = [0, 1, null];
  for (const [index, rung] of rungs.entries()) {
    const expectedMs = (stepMs * tokensAtOnce(rung)) / tokens;
    if (expectedMs > 1000 * request.seconds)
      stop ??= `a step would take about ${(expectedMs / 1000).toFixed(0)} s, more than --seconds ${request.seconds}`;
    if (stop !== null) {
      rung.reason = stop;
      continue;
    }
    request.onRung(rung, index, rungs.length);
    try {
      rung.measured = await measureRung(request, { ...context, ladder }, rung, rung.forecast);
      rung.outcome = 'measured';
      [stepMs, tokens] = [rung.measured.step_ms, tokensAtOnce(rung)];
    } catch (error) {
      if (request.signal.aborted) return true;
      if (!(error instanceof UserError) || error.code !== 'R005') throw error;
      rung.outcome = 'out_of_memory';
      rung.reason = error.message;
      stop = 'a smaller size ran out of memory';
    }
  }
  return false;
}
