// The plain facts that advice rules use, taken from the parts of a plan.
import { join } from 'node:path';
import type { RenderedConfig } from '../../config/render/index.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import { countParameters, weightCount } from '../../model/modules.ts';
import { paddingShare } from '../../model/padding.ts';
import type { ModelReading } from '../../model/read-config.ts';
import { tiedModules } from '../../model/weight-tying.ts';
import type { AdviceFacts } from '../../run/advice/rule.ts';
import type { Plan, PlannedSource } from '../../run/plan.ts';
import type { Prepared } from '../tokens/prepare-sequences.ts';
import { readLengths } from '../tokens/read-lengths.ts';
import { untrainedTokens } from '../tokens/untrained-tokens.ts';

export interface AdviceRequest {
  rendered: RenderedConfig;
  base: ResolvedModel;
  env: Readonly<Record<string, string | undefined>>;
  forecast: Plan['forecast'];
  unquantized: AdviceFacts['unquantized'];
  prepared: Prepared;
  preparedDir: string;
  sharedPrompts: number;
  /** Whether the config asks for validation. */
  validates: boolean;
  sources: readonly PlannedSource[];
}

/** Reads the lengths of the training rows if they are padded; all other facts are already known. */
export async function adviceFacts(request: AdviceRequest): Promise<AdviceFacts> {
  const { rendered, base, forecast, prepared, env } = request;
  const { lora, training, quantization } = rendered;
  const { train, validation } = prepared.splits;
  return {
    ...modelFacts(base.reading),
    trainable: forecast.parameters?.trainable ?? null,
    adapted: forecast.parameters && adaptedNames(forecast.parameters.modules, lora),
    r: Number(lora.r),
    alpha: Number(lora.lora_alpha),
    rslora: lora.use_rslora === true,
    dropout: Number(lora.lora_dropout ?? 0),
    bits: quantization?.load_in_4bit ? 4 : quantization?.load_in_8bit ? 8 : null,
    attention: rendered.model.attn_implementation,
    learningRate: Number(training.learning_rate),
    optimizer: String(training.optim),
    deviceBatch: Number(training.per_device_train_batch_size),
    accumulation: Number(training.gradient_accumulation_steps),
    packing: training.packing === true,
    steps: { total: forecast.steps.total, perEpoch: forecast.steps.per_epoch },
    maxLength: training.max_length === null ? null : Number(training.max_length),
    // A text that was split counts as its sequences, because each of them is trained on.
    rows: { train: train?.sequences ?? 0, validation: validation?.sequences ?? 0 },
    trainedTokens: train?.trained_tokens ?? 0,
    truncatedRows: prepared.truncated.length,
    lostEnds: prepared.lost_eot.length,
    uncutP99: prepared.uncut_lengths.p99,
    validates: request.validates,
    sharedPrompts: request.sharedPrompts,
    padding: await padding(request),
    sources: request.sources
      .filter(({ role }) => role === 'train')
      .map(({ setting, path, weight, train: rows, fed, template }) => ({
        setting,
        path,
        weight,
        rows,
        fedTrainedTokens: fed.trained_tokens,
        template,
        templateSha256: (prepared.templates?.[template] ?? prepared.template).sha256,
      })),
    template: { kind: prepared.template.kind, sha256: prepared.template.sha256 },
    unquantized: request.unquantized,
    untrainedTokens: untrainedTokens({
      base,
      lora,
      trained: forecast.parameters?.modules.map(({ name }) => name) ?? null,
      prepared,
      env,
    }),
  };
}

function modelFacts(
  model: ModelReading,
): Pick<AdviceFacts, 'baseParameters' | 'hidden' | 'expertParameters' | 'tiedHead'> {
  if (!model.known) return { baseParameters: null, hidden: null, expertParameters: null, tiedHead: null };
  const { modules, sizes } = model.facts;
  const experts = modules.filter(({ kind }) => kind === 'experts');
  return {
    baseParameters: countParameters(modules),
    hidden: sizes.hidden,
    tiedHead: tiedModules(model.facts).includes(model.facts.outputEmbeddings),
    expertParameters: experts.reduce((sum, module) => sum + weightCount(module), 0),
  };
}

/** Modules with an adapter, without those that are trained in full or by single tokens. */
function adaptedNames(
  modules: readonly { name: string }[],
  { modules_to_save, trainable_token_indices: tokens }: Readonly<Record<string, unknown>>,
): string[] {
  const saved = Array.isArray(modules_to_save) ? modules_to_save.map(String) : [];
  const rows = tokens
    ? Array.isArray(tokens)
      ? ['embed_tokens', 'wte', 'embed_in']
      : Object.keys(tokens)
    : [];
  return modules
    .map(({ name }) => name)
    .filter((name) => ![...saved, ...rows].some((end) => name.endsWith(end)));
}

async function padding({ rendered, prepared, preparedDir }: AdviceRequest): Promise<number | null> {
  const { training } = rendered;
  const rows = Number(training.per_device_train_batch_size);
  const { train } = prepared.splits;
  const padded =
    rows > 1 &&
    !training.packing &&
    !training.padding_free &&
    training.train_sampling_strategy !== 'group_by_length';
  return padded && train ? paddingShare(await readLengths(join(preparedDir, train.file)), rows) : null;
}
