// `lorch model show`: what a model consists of, what LoRA would train in it, and what training would need.
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { resolveRepository } from '../../hub/resolve-model.ts';
import { countLora, type LoraCount, type TrainedModule } from '../../model/count-lora.ts';
import { uncountable } from '../../model/lora-settings.ts';
import { estimateMemory, type MemoryForecast } from '../../model/memory.ts';
import type { ModelFacts } from '../../model/modules.ts';
import { compareTensors } from '../../model/tensors.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import {
  compareCounts,
  countWithPeft,
  type PeftCount,
  type PeftCountOptions,
  trainedModules,
  type Verification,
} from '../forecast/peft-count.ts';
import { describeModel, type ModelDescription } from './describe-model.ts';
import { verificationFinding } from './model-findings.ts';
import { type ShownAdapter, showAdapter } from './show-adapter.ts';
import { type TriedTemplate, tryTemplate } from './try-template.ts';

export interface ShowModelOptions extends PeftCountOptions {
  model: string;
  revision: string | null;
  /** LoraConfig fields. */
  lora: Record<string, unknown>;
  /** Count with PEFT too, and compare. */
  verify: boolean;
  /** Sequence length of the memory table, in tokens. */
  sequenceTokens: number;
  batch: number;
  onStage?: (stage: string) => void;
}

export interface MemoryRow {
  setting: string;
  quantization: 'none' | 'nf4';
  gradient_checkpointing: boolean;
  batch: number;
  sequence_tokens: number;
  forecast: MemoryForecast;
}

export interface ShownModel extends ModelDescription {
  lora: {
    settings: Record<string, unknown>;
    /** `peft` if shapes alone were not enough. */
    counted_by: 'lorch' | 'peft';
    trainable: number;
    total: number;
    modules: TrainedModule[];
  } | null;
  memory: MemoryRow[] | null;
  /** Null if PEFT did not count. */
  verified: Verification | null;
  /** What the chat template can train, or why that is not known; null if the model has no template. */
  template: TriedTemplate | { reason: string } | null;
}

/** Throws UserError M001–M015, M040, E040–E042; with `verify`, also if there is no Python to count with. */
export async function showModel(options: ShowModelOptions): Promise<ShownModel | ShownAdapter> {
  const { model, cwd, env, revision, lora, signal, onStage } = options;
  onStage?.(`reading ${model}`);
  const resolved = await resolveRepository({
    model,
    baseDir: cwd,
    revision,
    env,
    cacheDir: userCacheDir(env),
    factsSuffice: true,
    onWait: (status, ms) =>
      onStage?.(`the hub answered ${status}, asking again in ${Math.ceil(ms / 1000)} s`),
    ...(signal ? { signal } : {}),
  });
  if (resolved.kind === 'adapter') return showAdapter(resolved);
  const { known: description, reading } = describeModel(resolved);
  const template = description.chat_template
    ? await tryTemplate({
        ...options,
        model: { id: model, path: resolved.path, revision: resolved.revision },
        cacheDir: userCacheDir(env),
      })
    : null;
  const known: ShownModel = { ...description, lora: null, memory: null, verified: null, template };
  const { configText } = resolved;
  const reason = reading.known ? uncountable(lora) : reading.reason;
  if (!reading.known || reason)
    return { ...known, ...(await askPeft(known, configText, reason ?? '', options)) };
  const { facts } = reading;
  const count = countLora(facts, lora);
  const checks = resolved.tensors && !known.quantization ? compareTensors(facts, resolved.tensors) : [];
  const verified = options.verify
    ? compareCounts(count, await peftCount(configText, 'to verify', options))
    : null;
  return {
    ...known,
    lora: {
      settings: lora,
      counted_by: 'lorch',
      trainable: count.trainable,
      total: count.total,
      modules: count.modules,
    },
    memory: memoryTable(facts, count, options),
    verified,
    findings: [
      ...known.findings,
      ...checks,
      ...count.findings,
      ...(verified ? verificationFinding(count, verified) : []),
    ],
  };
}

function peftCount(configText: string, reason: string, options: ShowModelOptions): Promise<PeftCount> {
  options.onStage?.(`counting with PEFT: ${reason}`);
  return countWithPeft(options.model, configText, options.lora, options);
}

/** Counts with PEFT what shapes alone cannot determine, if there is a Python environment. */
async function askPeft(
  known: ShownModel,
  configText: string,
  reason: string,
  options: ShowModelOptions,
): Promise<Partial<ShownModel>> {
  const { lora } = options;
  try {
    const answer = await peftCount(configText, reason, options);
    return {
      architecture: answer.architecture,
      ...(known.parameters.counted_by === 'config'
        ? {}
        : { parameters: { total: answer.base, counted_by: 'trainer' } }),
      lora: {
        settings: lora,
        counted_by: 'peft',
        trainable: answer.trainable,
        total: answer.total,
        modules: trainedModules(answer),
      },
    };
  } catch (error) {
    if (options.verify || !(error instanceof UserError)) throw error;
    const hint = error.hint ?? '';
    return { findings: [...known.findings, unknownCount(`${reason}; ${error.message}`, hint)] };
  }
}

function unknownCount(message: string, hint: string): Finding {
  return {
    code: 'M016',
    name: 'parameters-unknown',
    severity: 'note',
    message: `the LoRA parameters are not known: ${message}`,
    ...(hint ? { hint } : {}),
  };
}

const nf4 = {
  load_in_4bit: true,
  bnb_4bit_quant_type: 'nf4',
  bnb_4bit_use_double_quant: true,
  bnb_4bit_compute_dtype: 'bfloat16',
};

function memoryTable(facts: ModelFacts, count: LoraCount, options: ShowModelOptions): MemoryRow[] {
  const { lora, batch, sequenceTokens } = options;
  return (['none', 'nf4'] as const).flatMap((quantization) =>
    [true, false].map((checkpointing) => ({
      setting: `${quantization === 'none' ? 'LoRA, bf16' : 'QLoRA, nf4'}${checkpointing ? ', checkpointing' : ''}`,
      quantization,
      gradient_checkpointing: checkpointing,
      batch,
      sequence_tokens: sequenceTokens,
      forecast: estimateMemory(facts, count, {
        dtype: 'bfloat16',
        quantization: quantization === 'none' ? null : nf4,
        lora,
        training: { per_device_train_batch_size: batch, gradient_checkpointing: checkpointing },
        sequenceTokens,
        device: 'cuda',
      }),
    })),
  );
}
