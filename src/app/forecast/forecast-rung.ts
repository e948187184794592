// The forecast for one size of a calibration, and the corrections that follow from its measurements.
import type { RenderedConfig } from '../../config/render/index.ts';
import type { Calibration } from '../../model/calibration.ts';
import type { LoraCount } from '../../model/count-lora.ts';
import { type RungSize, tokensAtOnce } from '../../model/ladder.ts';
import { estimateMemory } from '../../model/memory.ts';
import type { ModelReading } from '../../model/read-config.ts';
import { type TokenFlops, tokenFlops } from '../../model/speed.ts';
import { expectRate, type Rate } from './forecast-time.ts';
import { rungTraining } from './measure-rung.ts';
import { calibrateMemory, type PastRun } from './past-runs.ts';

export interface RungSubject {
  /** As the trainer takes it. */
  base: { id: string; path: string | null; revision: string | null };
  /** The base with the quantization in which it is loaded. */
  rendered: RenderedConfig;
  reading: ModelReading;
  /** Null if the parameters are only known after the model is loaded. */
  count: LoraCount | null;
  /** As nvidia-smi names it; null on the CPU. */
  gpu: string | null;
}

export interface RungForecast {
  /** Forecast by the formula alone; null if the architecture is unknown. */
  memory_bytes: number | null;
  flops_per_token: number | null;
  /** From earlier measurements here, otherwise from the formula; null if neither is available. */
  tokens_per_second: number | null;
  speed_source: Rate['source'] | null;
}

/** Before the steps are taken. */
export function forecastRung(subject: RungSubject, size: RungSize, past: readonly PastRun[]): RungForecast {
  const { reading, rendered, count, gpu } = subject;
  const rate = rateOf(subject, size, past);
  const memory =
    reading.known && count
      ? estimateMemory(reading.facts, count, {
          dtype: rendered.model.dtype,
          quantization: rendered.quantization,
          lora: rendered.lora,
          training: rungTraining(rendered.training, size),
          sequenceTokens: size.sequenceTokens,
          attention: rendered.model.attn_implementation,
          device: gpu === null ? 'cpu' : 'cuda',
        })
      : null;
  return {
    memory_bytes: memory?.total_bytes ?? null,
    flops_per_token: flopsOf(subject, size)?.done ?? null,
    tokens_per_second: rate?.typical ?? null,
    speed_source: rate?.source ?? null,
  };
}

/** How later plans of the kind are corrected. */
export interface Corrections {
  memory: (Calibration & { ladders: number }) | null;
  /** For a plan of the largest size that was measured. */
  speed: Rate | null;
}

/** Computed from all measurements of the workspace, for plans of the size `top`. */
export function correctionsFrom(
  past: readonly PastRun[],
  subject: RungSubject,
  top: RungSize | null,
): Corrections {
  if (!top) return { memory: null, speed: null };
  return { memory: calibrateMemory(past, tokensAtOnce(top)), speed: rateOf(subject, top, past) };
}

function rateOf(subject: RungSubject, size: RungSize, past: readonly PastRun[]): Rate | null {
  const { base, gpu, rendered } = subject;
  const request = {
    past,
    baseId: base.id,
    gpu,
    gpus: rendered.resources.gpus,
    tokensAtOnce: tokensAtOnce(size),
  };
  return expectRate(request, flopsOf(subject, size));
}

function flopsOf({ reading, rendered }: RungSubject, { sequenceTokens }: RungSize): TokenFlops | null {
  if (!reading.known) return null;
  const checkpointing = rendered.training.gradient_checkpointing !== false;
  return tokenFlops(reading.facts, { checkpointing, sequenceTokens });
}
