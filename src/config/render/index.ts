// Renders a RunConfig to the exact objects for PEFT, bitsandbytes and TRL. Pure, with every value explicit.
import type { Finding } from '../../diagnostics/finding.ts';
import { finding } from '../finding.ts';
import type { RunConfig } from '../schema/run.ts';
import { renderLora } from './lora.ts';
import type { MachineFacts } from './machine-facts.ts';
import { renderQuantization } from './quantization.ts';
import { type RenderedTokenizer, renderTokenizer } from './tokenizer.ts';
import { renderTraining } from './training.ts';

/** plan.json's `method`, `model`, `lora`, `quantization`, `training` and `resources`; of `tokenizer` what the config says. */
export interface RenderedConfig {
  method: string;
  model: { dtype: string; attn_implementation: string; trust_remote_code: boolean };
  /** Absent without new tokens. */
  tokenizer?: RenderedTokenizer;
  lora: Record<string, unknown>;
  quantization: Record<string, unknown> | null;
  training: Record<string, unknown>;
  /** `share_gpu`: absent if it is off. */
  resources: RenderedResources;
}

export interface RenderedResources {
  host: string;
  gpus: number;
  share_gpu?: boolean;
  max_hours?: number;
  max_cost?: number;
  hang_steps: number;
  hang_minutes: number;
}

/** The objects for this machine, and findings on what the machine does not support (C025). */
export function renderConfig(
  config: RunConfig,
  machine: MachineFacts,
): { rendered: RenderedConfig; findings: Finding[] } {
  const gpus = config.resources.gpus ?? (machine.device === 'cuda' ? 1 : 0);
  const used: MachineFacts = gpus === 0 ? { device: 'cpu', bf16Supported: true } : machine;
  const rendered: RenderedConfig = {
    method: config.method,
    model: config.model,
    ...(config.tokenizer && { tokenizer: renderTokenizer(config.tokenizer) }),
    lora: renderLora(config.lora),
    quantization: config.quantization ? renderQuantization(config.quantization, config.model.dtype) : null,
    training: renderTraining(config, used),
    resources: {
      host: config.resources.host,
      gpus,
      ...(config.resources.share_gpu && { share_gpu: true }),
      ...(config.resources.max_hours && { max_hours: config.resources.max_hours }),
      ...(config.resources.max_cost && { max_cost: config.resources.max_cost }),
      hang_steps: config.resources.hang_steps,
      hang_minutes: config.resources.hang_minutes,
    },
  };
  return { rendered, findings: checkMachine(config, rendered, used, gpus) };
}

function checkMachine(
  config: RunConfig,
  { model, training }: RenderedConfig,
  machine: MachineFacts,
  gpus: number,
): Finding[] {
  const findings: Finding[] = [];
  const report = (path: string, message: string, hint: string) =>
    findings.push(
      finding('C025', { file: config.name, pointer: `/${path.replace('.', '/')}` }, message, hint),
    );
  if (gpus > 0 && machine.device === 'cpu')
    report(
      'resources.gpus',
      'the config asks for a GPU, and this machine shows none',
      'leave resources.gpus out',
    );
  if (
    machine.device === 'cuda' &&
    !machine.bf16Supported &&
    (model.dtype === 'bfloat16' || training.bf16 === true)
  )
    report('model.dtype', 'this GPU does not compute in bfloat16', 'model.dtype: float16');
  if (machine.device === 'cuda') return findings;
  if (training.fp16 === true || model.dtype === 'float16')
    report('model.dtype', 'float16 does not train on a CPU', 'model.dtype: bfloat16 or float32');
  if (training.tf32 === true) report('training.tf32', 'TF32 is a GPU format', 'leave training.tf32 out');
  if (String(training.optim).startsWith('paged_ademamix'))
    report(
      'training.optim',
      `${training.optim} needs a GPU, because bitsandbytes has no paged memory on a CPU`,
      `training.optim: ${String(training.optim).replace('paged_', '').replace('_32bit', '')}`,
    );
  if (training.use_liger_kernel === true)
    report(
      'training.use_liger_kernel',
      'Liger kernels need a CUDA GPU',
      'training.use_liger_kernel: false; on a machine with a GPU: pip install liger-kernel',
    );
  if (/^flash|\//.test(model.attn_implementation))
    report(
      'model.attn_implementation',
      `${model.attn_implementation} needs a GPU`,
      'model.attn_implementation: sdpa',
    );
  return findings;
}
