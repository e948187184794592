// `lorch model show`: what a model is made of, what LoRA would train in it, and what training would need.
import { z } from 'zod';
import type { Finding } from '../diagnostics/finding.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { type ResolvedModel, resolveModel } from '../hub/resolve-model.ts';
import { countLora, type LoraCount, type TrainedModule } from '../model/count-lora.ts';
import { uncountable } from '../model/lora-settings.ts';
import { estimateMemory, type MemoryForecast } from '../model/memory.ts';
import { countParameters, type ModelFacts, type ModelSizes } from '../model/modules.ts';
import { compareTensors, summarizeTensors } from '../model/tensors.ts';
import { userCacheDir } from '../python/cache-dir.ts';
import { findPython, locatePython } from '../python/find-python.ts';
import { runTrainer } from '../python/run-trainer.ts';

export interface ShowModelOptions {
  model: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  revision: string | null;
  /** LoraConfig fields. */
  lora: Record<string, unknown>;
  /** Sequence length of the memory table, in tokens. */
  sequenceTokens: number;
  batch: number;
  python?: string;
  workspacePython?: string;
  signal?: AbortSignal;
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

export interface ShownModel {
  id: string;
  source: ResolvedModel['source'];
  path: string | null;
  revision: string | null;
  architecture: string;
  model_type: string;
  /** Null where the family is not in lorch's tables. */
  sizes: ModelSizes | null;
  parameters: { total: number | null; counted_by: 'config' | 'tensors' | 'trainer' | null };
  /** What the safetensors hold; null where there are none. */
  tensors: { count: number; parameters: number; bytes: number; dtypes: Record<string, number> } | null;
  /** The distinct adapted layers and blocks, without their layer numbers. */
  layers: { name: string; out: number; in: number; count: number }[];
  lora: {
    settings: Record<string, unknown>;
    trainable: number;
    total: number;
    modules: TrainedModule[];
  } | null;
  memory: MemoryRow[] | null;
  findings: Finding[];
}

const trainerCount = z.object({
  trainable: z.number(),
  total: z.number(),
  modules: z.record(z.string(), z.number()),
  architecture: z.string(),
});

/** Throws UserError M001–M015, E040, E041. */
export async function showModel(options: ShowModelOptions): Promise<ShownModel> {
  const { model, cwd, env, revision, lora, signal, onStage } = options;
  onStage?.(`reading ${model}`);
  const resolved = await resolveModel({
    model,
    baseDir: cwd,
    revision,
    env,
    cacheDir: userCacheDir(env),
    ...(signal ? { signal } : {}),
  });
  const { reading, tensors } = resolved;
  const stored = tensors && { count: Object.keys(tensors).length, ...summarizeTensors(tensors) };
  const base = {
    id: model,
    source: resolved.source,
    path: resolved.path,
    revision: resolved.revision,
    tensors: stored,
  };
  const reason = reading.known ? uncountable(lora) : reading.reason;
  if (!reading.known || reason)
    return { ...base, ...(await askTrainer(resolved, options, reason ?? '', stored)) };
  const { facts } = reading;
  const count = countLora(facts, lora);
  return {
    ...base,
    architecture: facts.architecture,
    model_type: facts.modelType,
    sizes: facts.sizes,
    parameters: { total: countParameters(facts.modules), counted_by: 'config' },
    layers: distinctLayers(facts),
    lora: { settings: lora, trainable: count.trainable, total: count.total, modules: count.modules },
    memory: memoryTable(facts, count, options),
    findings: [...(tensors ? compareTensors(facts, tensors) : []), ...count.findings],
  };
}

type Counted = Omit<ShownModel, 'id' | 'source' | 'path' | 'revision' | 'tensors'>;

/** What shapes alone cannot tell, PEFT itself counts on the meta device, where Python is at hand. */
async function askTrainer(
  resolved: ResolvedModel,
  options: ShowModelOptions,
  reason: string,
  stored: ShownModel['tensors'],
): Promise<Counted> {
  const { reading, path, source, id, revision } = resolved;
  const { lora, env, cwd, python, workspacePython, signal, onStage } = options;
  const facts = reading.known ? reading.facts : null;
  const known: Counted = {
    architecture: reading.known ? reading.facts.architecture : reading.architecture,
    model_type: reading.known ? reading.facts.modelType : reading.modelType,
    sizes: facts?.sizes ?? null,
    parameters: facts
      ? { total: countParameters(facts.modules), counted_by: 'config' }
      : { total: stored?.parameters ?? null, counted_by: stored ? 'tensors' : null },
    layers: facts ? distinctLayers(facts) : [],
    lora: null,
    memory: null,
    findings: [],
  };
  try {
    const found = await findPython({
      env,
      ...(python ? { explicit: locatePython(python, cwd, env.HOME) } : {}),
      ...(workspacePython ? { workspacePython } : {}),
    });
    onStage?.(`counting with PEFT: ${reason}`);
    const model = { id, path: source === 'hub' ? null : path, revision, trust_remote_code: false };
    const answer = trainerCount.parse(
      await runTrainer(found, 'count', { model, lora }, signal ? { signal } : {}),
    );
    const modules = Object.entries(answer.modules).map(([name, trainable]) => ({
      name,
      out: 0,
      in: 0,
      trainable,
    }));
    return {
      ...known,
      architecture: answer.architecture,
      parameters: facts
        ? known.parameters
        : { total: answer.total - addedBy(answer, lora), counted_by: 'trainer' },
      lora: { settings: lora, trainable: answer.trainable, total: answer.total, modules },
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hint ?? '';
    return { ...known, findings: [unknownCount(`${reason}; ${error.message}`, hint)] };
  }
}

/** Parameters that the adapter adds to the base: with `bias`, some of those that train were there before. */
function addedBy(answer: z.infer<typeof trainerCount>, lora: Record<string, unknown>): number {
  return lora.bias === undefined || lora.bias === 'none' ? answer.trainable : 0;
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

function distinctLayers(facts: ModelFacts): ShownModel['layers'] {
  const layers = new Map<string, ShownModel['layers'][number]>();
  for (const { name, out, in: into, kind } of facts.modules) {
    const general = name.replace(/\.\d+\./g, '.*.');
    const entry = layers.get(general);
    if (entry) entry.count += 1;
    else layers.set(general, { name: general, out, in: kind === 'norm' ? 0 : into, count: 1 });
  }
  return [...layers.values()];
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
      setting: `${quantization === 'none' ? 'LoRA, bf16' : 'QLoRA, nf4'}${checkpointing ? ', gradient checkpointing' : ''}`,
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
