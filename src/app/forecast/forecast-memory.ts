// The memory part of a plan: the forecast, and whether it fits the GPU.
import type { RenderedConfig } from '../../config/render/index.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { gib } from '../../diagnostics/gib.ts';
import { applyCalibration, type Calibration } from '../../model/calibration.ts';
import type { LoraCount } from '../../model/count-lora.ts';
import { fitMemory } from '../../model/fit-memory.ts';
import type { Gpu } from '../../model/gpus.ts';
import { estimateMemory, type MemorySettings } from '../../model/memory.ts';
import type { ModelFacts } from '../../model/modules.ts';
import type { AdviceFacts } from '../../run/advice/rule.ts';
import type { PlannedMemory } from '../../run/plan.ts';

export interface MemoryRequest {
  facts: ModelFacts;
  count: LoraCount;
  rendered: RenderedConfig;
  /** Of the longest row. */
  longestTokens: number;
  /** Whether there are rows to evaluate. */
  validates: boolean;
  /** Null without one. */
  gpu: Gpu | null;
  /** From past runs; null without any. */
  calibration: Calibration | null;
}

/** The forecast, with findings if it does not fit the GPU. */
export function forecastMemory(request: MemoryRequest): { memory: PlannedMemory; findings: Finding[] } {
  const { facts, count, gpu, calibration } = request;
  const settings = memorySettings(request);
  const forecast = applyCalibration(estimateMemory(facts, count, settings), calibration);
  if (!gpu || settings.device === 'cpu') return { memory: forecast, findings: [] };
  const { fixed_bytes, ...fit } = fitMemory(facts, count, settings, gpu.memoryBytes, calibration);
  const memory = { ...forecast, gpu: { name: gpu.name, bytes: gpu.memoryBytes }, ...fit };
  return { memory, findings: findMisfit(memory, fixed_bytes, gpu) };
}

/** Whether the same run would fit the GPU without quantization; null without quantization or without a GPU. */
export function judgeUnquantized(request: MemoryRequest): AdviceFacts['unquantized'] {
  const { facts, count, gpu, calibration } = request;
  const settings = memorySettings(request);
  if (!gpu || settings.device === 'cpu' || !settings.quantization) return null;
  const plain = { ...settings, quantization: null };
  const { verdict } = fitMemory(facts, count, plain, gpu.memoryBytes, calibration);
  const { total_bytes } = applyCalibration(estimateMemory(facts, count, plain), calibration);
  return { verdict, totalBytes: total_bytes, gpu: gpu.name };
}

function memorySettings({ rendered, longestTokens, validates }: MemoryRequest): MemorySettings {
  const { training } = rendered;
  return {
    dtype: rendered.model.dtype,
    quantization: rendered.quantization,
    lora: rendered.lora,
    training,
    sequenceTokens: training.packing ? Number(training.max_length) : longestTokens,
    evaluationTokens: validates && training.eval_strategy !== 'no' ? longestTokens : 0,
    attention: rendered.model.attn_implementation,
    device: rendered.resources.gpus > 0 ? 'cuda' : 'cpu',
  };
}

function findMisfit(memory: PlannedMemory, fixedBytes: number, gpu: Gpu): Finding[] {
  const [cheapest] = memory.changes?.filter(({ verdict }) => verdict === 'fits') ?? [];
  const hint = cheapest
    ? `${settingsText(cheapest.settings)} would make it fit, at ${gib(cheapest.total_bytes)}`
    : 'no change of settings that lorch knows would make it fit; use a larger GPU or a smaller model';
  const data = { gpu: gpu.name, gpu_bytes: gpu.memoryBytes, total_bytes: memory.total_bytes };
  if (fixedBytes > gpu.memoryBytes)
    return [
      {
        code: 'P020',
        name: 'memory-too-small',
        severity: 'error',
        message: `weights, adapters and optimizer need ${gib(fixedBytes)}, and ${gpu.name} has ${gib(gpu.memoryBytes)}`,
        hint,
        data,
      },
    ];
  if (memory.verdict === 'fits') return [];
  const band = `${gib(memory.low_bytes ?? memory.total_bytes)} to ${gib(memory.high_bytes ?? memory.total_bytes)}`;
  return [
    {
      code: 'P021',
      name: 'memory-tight',
      severity: 'warning',
      message: `${memory.verdict === 'tight' ? 'the run may not fit' : 'the run will probably not fit'}: its peak is expected at ${band}, and ${gpu.name} has ${gib(gpu.memoryBytes)}`,
      hint,
      data,
    },
  ];
}

/** Settings as a config writes them: `training.optim: adamw_bnb_8bit, quantization.load_in_4bit: true`. */
function settingsText(settings: Readonly<Record<string, Record<string, unknown>>>): string {
  return Object.entries(settings)
    .flatMap(([section, fields]) =>
      Object.entries(fields).map(([name, value]) => `${section}.${name}: ${value}`),
    )
    .join(', ');
}
