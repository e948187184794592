// Packages that single settings need and that the trainer's environment does not bring.
import type { trackers } from '../schema/training/logging.ts';
import type { RenderedConfig } from './index.ts';

interface NeededPackage {
  /** As pip knows it. */
  name: string;
  /** What is imported. */
  module: string;
  /** The oldest version that transformers or TRL takes, and the first that they do not. */
  from?: string;
  below?: string;
  /** Special facts if it replaces another package. */
  note?: string;
}

export interface PackageNeed {
  /** The dotted setting and its value, such as `training.optim: schedule_free_adamw`. */
  setting: string;
  value: string;
  /** One of them is enough; the first is the one to install. */
  anyOf: NeededPackage[];
  /** What to write without the package. */
  instead: string;
}

const schedulefree: NeededPackage = { name: 'schedulefree', module: 'schedulefree', from: '1.4' };
const torchao: NeededPackage = { name: 'torchao', module: 'torchao.optim', from: '0.11' };
const stableAdamw: NeededPackage = { name: 'torch-optimi', module: 'optimi' };
const kernels: NeededPackage = {
  name: 'kernels',
  module: 'kernels',
  from: '0.18.2',
  below: '0.19',
  note: 'which downloads it from the hub',
};

const byOptimizer: Readonly<Record<string, [NeededPackage, string]>> = {
  adamw_torch_8bit: [torchao, 'optim: adamw_8bit, of bitsandbytes'],
  adamw_torch_4bit: [torchao, 'optim: adamw_8bit, of bitsandbytes'],
  schedule_free_adamw: [schedulefree, 'optim: adamw_torch_fused'],
  schedule_free_radam: [schedulefree, 'optim: adamw_torch_fused'],
  schedule_free_sgd: [schedulefree, 'optim: sgd'],
  stable_adamw: [stableAdamw, 'optim: adamw_torch_fused'],
};

const byAttention: Readonly<Record<string, NeededPackage[]>> = {
  flash_attention_2: [{ name: 'flash-attn', module: 'flash_attn', from: '2.3.3' }, kernels],
  flash_attention_3: [{ name: 'flash-attn-3', module: 'flash_attn_interface' }, kernels],
};

/** As transformers looks for them, by tracker: all of the list, each in one of its forms. */
const byTracker: Readonly<Record<(typeof trackers)[number], NeededPackage[][]>> = {
  azure_ml: [[{ name: 'azureml-core', module: 'azureml.core.run' }]],
  clearml: [[{ name: 'clearml', module: 'clearml' }]],
  codecarbon: [[{ name: 'codecarbon', module: 'codecarbon' }]],
  comet_ml: [[{ name: 'comet_ml', module: 'comet_ml', from: '3.43.2' }]],
  dagshub: [[{ name: 'dagshub', module: 'dagshub' }], [{ name: 'mlflow', module: 'mlflow' }]],
  dvclive: [[{ name: 'dvclive', module: 'dvclive' }]],
  flyte: [[{ name: 'flytekit', module: 'flytekit' }]],
  mlflow: [
    [
      { name: 'mlflow', module: 'mlflow' },
      { name: 'mlflow-skinny', module: 'mlflow' },
    ],
  ],
  neptune: [
    [
      { name: 'neptune', module: 'neptune' },
      { name: 'neptune-client', module: 'neptune' },
    ],
  ],
  swanlab: [[{ name: 'swanlab', module: 'swanlab' }]],
  tensorboard: [
    [
      { name: 'tensorboard', module: 'tensorboard' },
      { name: 'tensorboardX', module: 'tensorboardX' },
    ],
  ],
  trackio: [[{ name: 'trackio', module: 'trackio' }]],
  wandb: [[{ name: 'wandb', module: 'wandb' }]],
};

/** What these settings need; empty for almost all configs. */
export function neededPackages({
  model,
  training,
}: Pick<RenderedConfig, 'model' | 'training'>): PackageNeed[] {
  const needs: PackageNeed[] = [];
  const optim = String(training.optim);
  const optimizer = Object.hasOwn(byOptimizer, optim) ? byOptimizer[optim] : undefined;
  if (optimizer)
    needs.push({ setting: 'training.optim', value: optim, anyOf: [optimizer[0]], instead: optimizer[1] });
  if (training.use_liger_kernel === true)
    needs.push({
      setting: 'training.use_liger_kernel',
      value: 'true',
      anyOf: [{ name: 'liger-kernel', module: 'liger_kernel.transformers', from: '0.8.2' }],
      instead: 'use_liger_kernel: false',
    });
  const attention = model.attn_implementation;
  const anyOf = attention.includes('/') ? [kernels] : byAttention[attention];
  if (anyOf)
    needs.push({
      setting: 'model.attn_implementation',
      value: attention,
      anyOf,
      instead: 'model.attn_implementation: sdpa',
    });
  const asked = Array.isArray(training.report_to) ? (training.report_to as (typeof trackers)[number][]) : [];
  for (const tracker of asked)
    for (const packages of byTracker[tracker])
      needs.push({
        setting: 'training.report_to',
        value: tracker,
        anyOf: packages,
        instead: asked.length > 1 ? `remove ${tracker} from report_to` : 'report_to: none',
      });
  return needs;
}
