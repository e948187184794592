// How long training takes and what it costs: from this workspace's runs, otherwise from FLOPs; unknown without either.
import type { RenderedConfig } from '../../config/render/index.ts';
import { calibrate, groundOf, priorSpread } from '../../model/calibration.ts';
import { peakFlops } from '../../model/gpus.ts';
import { nearestRungs } from '../../model/ladder.ts';
import type { ModelReading } from '../../model/read-config.ts';
import { publishedUse, type TokenFlops, tokenFlops } from '../../model/speed.ts';
import type { Plan, PlannedTime } from '../../run/plan.ts';
import { type PastRun, usualStartup } from './past-runs.ts';

export interface TimeRequest {
  model: ModelReading;
  baseId: string;
  rendered: RenderedConfig;
  /** Tokens and sequences (before packing) of the training split. */
  train: { sequences: number; tokens: number };
  /** Sequences of one epoch, after packing. */
  steps: Plan['forecast']['steps'];
  /** As nvidia-smi names it; null on the CPU. */
  gpu: string | null;
  past: readonly PastRun[];
  /** Mean number on the device at once. */
  tokensAtOnce: number;
  pricePerHour: number | null;
}

/** Expected tokens per second, and the slow and fast ends of the band. */
export interface Rate {
  typical: number;
  slow: number;
  fast: number;
  source: 'workspace' | 'formula';
  basis: string;
  runs: number;
}

/** Seconds in the training loop, without loading the model. `seconds` is null if the speed is not known. */
export function forecastTime(request: TimeRequest): PlannedTime {
  const { rendered, train, steps, pricePerHour } = request;
  const tokens = Math.round((train.tokens * steps.total) / Math.max(1, steps.per_epoch));
  const flops = planFlops(request);
  const known = {
    tokens,
    tokens_per_epoch: train.tokens,
    flops_per_token: flops?.done ?? null,
    ...(pricePerHour !== null && { price_per_hour: pricePerHour }),
  };
  const rate = expectRate({ ...request, gpus: rendered.resources.gpus }, flops);
  const startup = usualStartup(request.past, request.baseId);
  if (!rate)
    return {
      ...known,
      seconds: null,
      low_seconds: null,
      high_seconds: null,
      tokens_per_second: null,
      source: 'unknown',
      basis:
        rendered.resources.gpus === 0
          ? 'not known: no run of this model family has succeeded on this CPU yet, and `lorch model calibrate` has not measured it'
          : 'not known: no run on this GPU yet, and its peak or the FLOP count is not known',
      runs: 0,
    };
  const seconds = tokens / rate.typical;
  return {
    ...known,
    seconds,
    low_seconds: tokens / rate.fast,
    high_seconds: tokens / rate.slow,
    tokens_per_second: rate.typical,
    source: rate.source,
    basis: rate.basis,
    runs: rate.runs,
    ...(startup !== null && { startup_seconds: startup }),
    ...(pricePerHour !== null && { cost: (seconds / 3600) * pricePerHour }),
  };
}

function planFlops({ model, rendered, train }: TimeRequest): TokenFlops | null {
  if (!model.known || train.sequences === 0) return null;
  return tokenFlops(model.facts, {
    checkpointing: rendered.training.gradient_checkpointing !== false,
    // Packed rows do not see each other, so a token's sequence is its own row.
    sequenceTokens: train.tokens / train.sequences,
  });
}

interface RateRequest extends Pick<TimeRequest, 'past' | 'baseId' | 'gpu' | 'tokensAtOnce'> {
  gpus: number;
}

/** From measurements in this workspace, otherwise from the formula; null if neither is available. */
export function expectRate(request: RateRequest, flops: TokenFlops | null): Rate | null {
  return rateFromRuns(request, flops?.done ?? null) ?? rateFromFormula(request, flops?.useful ?? null);
}

/** FLOP/s of past runs divided by this run's FLOPs per token; runs of the same base need no scaling. */
function rateFromRuns({ past, baseId, gpu, tokensAtOnce }: RateRequest, flops: number | null): Rate | null {
  const rates: number[] = [];
  let [scaled, ladders] = [0, 0];
  const timed = past.filter(({ tokensPerSecond }) => tokensPerSecond !== null);
  for (const { base, tokensPerSecond, flopsPerToken, ladder } of nearestRungs(timed, tokensAtOnce)) {
    const speed = tokensPerSecond ?? 0;
    const same = base === baseId;
    if (flops !== null && flopsPerToken !== null) rates.push((speed * flopsPerToken) / flops);
    else if (same) rates.push(speed);
    else continue;
    if (!same) scaled += 1;
    if (ladder) ladders += 1;
  }
  const found = calibrate(rates, priorSpread.speed);
  if (!found) return null;
  return {
    typical: found.factor,
    slow: found.low,
    fast: found.high,
    source: 'workspace',
    basis: `${groundOf({ runs: found.runs, ladders })} of this model family in this workspace on ${gpu ?? 'the CPU'}${scaled > 0 ? `, ${scaled} of another model scaled by FLOPs per token` : ''}`,
    runs: found.runs,
  };
}

function rateFromFormula({ gpu, gpus }: RateRequest, flops: number | null): Rate | null {
  const peak = gpu === null ? null : peakFlops(gpu);
  if (peak === null || flops === null) return null;
  const at = (use: number) => (use * peak * Math.max(1, gpus)) / flops;
  return {
    typical: at(publishedUse.typical),
    slow: at(publishedUse.low),
    fast: at(publishedUse.high),
    source: 'formula',
    basis: `the FLOP formula at ${publishedUse.typical * 100} % (${publishedUse.low * 100} to ${publishedUse.high * 100} %) of the peak of ${gpu}; nothing was measured here`,
    runs: 0,
  };
}
