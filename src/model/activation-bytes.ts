// Bytes that the layers keep for the backward pass, from the counts in saved-bytes.ts.
import type { LoraCount } from './count-lora.ts';
import { type ModelFacts, type ModelSizes, weightCount } from './modules.ts';
import { savedBytes } from './saved-bytes.ts';

export interface ActivationSettings {
  /** Bytes of an element of base and adapter. */
  width: number;
  adapterWidth: number;
  lora: Readonly<Record<string, unknown>>;
  attention: string;
  packing: boolean;
  rows: number;
  /** Of the longest row, or of a packed sequence. */
  sequenceTokens: number;
}

/** Families whose layers keep what another's do. */
const likeness: Readonly<Record<string, string>> = {
  gemma3: 'gemma3_text',
  deepseek_v2: 'qwen2_moe',
  deepseek_v3: 'qwen2_moe',
};

/** Bytes that one layer keeps for all tokens on the device, attention's scores and masks among them. */
export function savedByLayer(facts: ModelFacts, count: LoraCount, settings: ActivationSettings): number {
  const { rows, sequenceTokens, width } = settings;
  const perToken = linearBytes(facts, count, settings) + scoreBytes(facts, settings);
  // Autocast keeps adapters in fp32 a second time, in its own type.
  const cast = modeOf(settings) === 'bf16_fp32' ? width * count.trainable : 0;
  const whole = width * adaptedExpertWeights(facts, count) + cast;
  return rows * sequenceTokens * perToken + whole / facts.sizes.layers;
}

/** Weights of stacked experts with an adapter: PEFT adds the adapter to all of them, into a copy, however few are chosen. */
function adaptedExpertWeights({ modules }: ModelFacts, count: LoraCount): number {
  const adapted = new Set(count.modules.map(({ name }) => name));
  return modules
    .filter(({ kind, name }) => kind === 'experts' && adapted.has(name))
    .reduce((sum, module) => sum + weightCount(module), 0);
}

function linearBytes(facts: ModelFacts, count: LoraCount, settings: ActivationSettings): number {
  const kind = adaptedPart(count);
  const mode = modeOf(settings);
  const dropout = Number(settings.lora.lora_dropout ?? 0) > 0 ? ' dropout' : '';
  const family = tableOf(facts);
  const { experts: chosen } = facts.sizes;
  const weights =
    listOf(family, `${mode} ${kind}${dropout}`) ?? listOf(family, `${mode} attention${dropout}`) ?? [];
  const bytes = Math.max(0, product(weights, sizesOf(facts.sizes, chosen, settings)));
  if (settings.lora.use_dora !== true) return bytes;
  // Counted on Llama, if all linear layers are adapted.
  const [plain, dora] = [
    listOf(savedBytes.llama, `${mode} all`),
    listOf(savedBytes.llama, `${mode} all dora`),
  ];
  const more = (dora ?? []).map((weight, i) => weight - (plain?.[i] ?? 0));
  return bytes + Math.max(0, product(more, sizesOf(facts.sizes, undefined, settings)));
}

/**
 * A token's share of what grows with the square of the length: the scores of eager attention, a head each, or the mask
 * that keeps packed rows apart, which scaled-dot-product attention turns into numbers anew in each layer.
 */
function scoreBytes(facts: ModelFacts, settings: ActivationSettings): number {
  const { attention, packing, rows, sequenceTokens, width } = settings;
  // TRL joins the packed sequences of a batch to one.
  const length = packing ? rows * sequenceTokens : sequenceTokens;
  if (attention === 'eager') {
    const scores = tableOf(facts)[`${modeOf(settings)} scores`];
    return (typeof scores === 'number' ? scores : 0) * facts.sizes.heads * length;
  }
  return attention === 'sdpa' && packing ? width * length : 0;
}

/**
 * Live bytes of a forward pass without gradients, counted with torch's profiler on Llama (error below 1 %) and Mixtral:
 * one layer's at a time.
 */
export function forwardBytesPerToken({ sizes }: ModelFacts, width: number, adapterWidth: number): number {
  const { hidden, heads, headDim, intermediate, experts } = sizes;
  const query = heads * headDim;
  if (experts) return (width / 2) * (24 * (hidden + query) + 12 * experts.perToken * experts.intermediate);
  if (width === 2 && adapterWidth === 4) return 12.3 * hidden + 4.6 * query + 8.1 * intermediate;
  return (width / 2) * (8 * hidden + 2 * query + 8 * intermediate);
}

function modeOf({ width, adapterWidth }: ActivationSettings): string {
  if (width === 4) return 'fp32_fp32';
  return adapterWidth === 4 ? 'bf16_fp32' : 'bf16_bf16';
}

/** Which part of the layers the adapters are on. */
function adaptedPart({ modules }: LoraCount): 'all' | 'attention' | 'mlp' {
  const attention = modules.some(({ name }) => /attn|attention/.test(name));
  const mlp = modules.some(({ name }) => /\.mlp\.|\.fc\d|experts/.test(name));
  if (attention === mlp) return 'all';
  return attention ? 'attention' : 'mlp';
}

type Table = Readonly<Record<string, number | readonly number[]>>;

/** Llama's counts if the family was not counted, because most families are similar. */
function tableOf({ modelType }: ModelFacts): Table {
  return savedBytes[likeness[modelType] ?? modelType] ?? savedBytes.llama ?? {};
}

function listOf(table: Table | undefined, name: string): readonly number[] | null {
  const entry = table?.[name];
  return typeof entry === 'object' ? entry : null;
}

/** In the order of bench/saved_bytes.py. */
function sizesOf(sizes: ModelSizes, experts: ModelSizes['experts'], { lora }: ActivationSettings): number[] {
  return [
    sizes.hidden,
    sizes.heads * sizes.headDim,
    sizes.intermediate,
    sizes.kvHeads * sizes.headDim,
    experts ? experts.perToken * experts.intermediate : 0,
    Number(lora.r ?? 8),
    1,
  ];
}

function product(weights: readonly number[], sizes: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (sizes[i] ?? 0), 0);
}
