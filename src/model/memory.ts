// The memory forecast: a sum of components, each with its formula. Against 22 published peaks its mean error was 8 %,
// the worst +26 and -20 %, so it speaks in bands of ±20 % until runs of one's own calibrate it.
import type { LoraCount } from './count-lora.ts';
import { countParameters, type ModelFacts, weightCount } from './modules.ts';
import { optimizerStateBytes } from './optimizer-state.ts';

export interface MemorySettings {
  /** Of the base: float32, bfloat16 or float16. */
  dtype: string;
  /** BitsAndBytesConfig fields, or null. */
  quantization: Readonly<Record<string, unknown>> | null;
  /** LoraConfig fields. */
  lora: Readonly<Record<string, unknown>>;
  /** SFTConfig fields. */
  training: Readonly<Record<string, unknown>>;
  /** Tokens of the longest sequence that will be fed. */
  sequenceTokens: number;
  device: 'cuda' | 'cpu';
}

export interface MemoryForecast {
  total_bytes: number;
  /** The band: the peak is expected inside. */
  low_bytes: number;
  high_bytes: number;
  /** Bytes of weights, adapters, gradients, optimizer, activations, loss, dequantization, context. */
  components: Record<string, number>;
}

const band = 0.2;
const GiB = 2 ** 30;

/** Peak memory of training on one device, in bytes. */
export function estimateMemory(
  facts: ModelFacts,
  count: LoraCount,
  settings: MemorySettings,
): MemoryForecast {
  const { quantization, training, device } = settings;
  const width = bytesOf(settings.dtype);
  const adapterWidth = adapterBytes(quantization);
  const activations = activationBytes(facts, count, settings, width, adapterWidth);
  const parts = {
    weights: weightBytes(facts, quantization, width),
    adapters: count.trainable * adapterWidth,
    gradients: count.trainable * adapterWidth,
    optimizer: Math.round(
      count.trainable * optimizerStateBytes(String(training.optim ?? 'adamw_torch'), adapterWidth),
    ),
    activations: Math.round(activations.kept),
    loss: Math.round(activations.loss),
    dequantization: quantization ? 4 * Math.max(...linearOf(facts).map(weightCount)) : 0,
  };
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  // The CUDA context and the allocator's slack; on the CPU, the libraries themselves.
  const context = Math.round(0.5 * GiB + (device === 'cuda' ? 0.05 * sum : 0));
  const total = sum + context;
  return {
    total_bytes: total,
    low_bytes: Math.round(total * (1 - band)),
    high_bytes: Math.round(total * (1 + band)),
    components: { ...parts, context },
  };
}

export type MemoryVerdict = 'fits' | 'tight' | 'does not fit';

/** Holds a forecast against what a device has. */
export function judgeMemory(forecast: MemoryForecast, deviceBytes: number): MemoryVerdict {
  if (forecast.high_bytes <= deviceBytes) return 'fits';
  return forecast.low_bytes > deviceBytes ? 'does not fit' : 'tight';
}

/** Bytes of one element. */
export function bytesOf(dtype: string): number {
  return /float32|^fp?32$/.test(dtype) ? 4 : 2;
}

/** Bytes of an adapter's element: PEFT keeps LoRA weights in fp32, TRL casts those of a quantized base to bf16. */
export function adapterBytes(quantization: MemorySettings['quantization']): number {
  return quantization ? 2 : 4;
}

function linearOf(facts: ModelFacts) {
  return facts.modules.filter(
    ({ kind, name }) => (kind === 'linear' || kind === 'conv1d') && name !== facts.outputEmbeddings,
  );
}

/** bitsandbytes quantizes the linear layers but the head; embeddings, head, norms and biases stay as they are. */
function weightBytes(facts: ModelFacts, quantization: MemorySettings['quantization'], width: number): number {
  const total = countParameters(facts.modules);
  if (!quantization) return total * width;
  const linear = linearOf(facts).reduce((sum, module) => sum + weightCount(module), 0);
  return Math.round(linear * quantizedBytes(quantization) + (total - linear) * width);
}

/** Bytes a quantized weight takes, its scales included: a 4-byte scale per 64 weights, or 8 bits per 64 (double). */
function quantizedBytes(quantization: Readonly<Record<string, unknown>>): number {
  if (quantization.load_in_8bit === true) return 1.01;
  return quantization.bnb_4bit_use_double_quant === true ? 0.5159 : 0.5625;
}

/** What backward needs: saved tensors by layer (or only their inputs, with checkpointing), and the logits' share. */
function activationBytes(
  facts: ModelFacts,
  count: LoraCount,
  settings: MemorySettings,
  width: number,
  adapterWidth: number,
): { kept: number; loss: number } {
  const { training, sequenceTokens } = settings;
  const { layers, hidden, vocab } = facts.sizes;
  const tokens = Number(training.per_device_train_batch_size ?? 1) * sequenceTokens;
  const layer = savedBytesPerToken(facts, count, settings.lora, width, adapterWidth);
  const chunked =
    (training.loss_type ?? 'chunked_nll') === 'chunked_nll' && training.use_liger_kernel !== true;
  const loss = chunked ? 16.4 * Math.min(256, tokens) * vocab : 12 * tokens * vocab;
  if (training.gradient_checkpointing === false) return { kept: layers * tokens * layer, loss };
  // One layer is rebuilt at a time, and never together with the loss.
  return { kept: width * hidden * layers * tokens + Math.max(0, tokens * layer - loss), loss };
}

/**
 * Saved bytes per token and layer without checkpointing, measured on Llama in bf16 with SDPA: h hidden,
 * f intermediate, kv key-value width, r rank. Other families differ by norms and fused projections.
 */
function savedBytesPerToken(
  facts: ModelFacts,
  count: LoraCount,
  lora: Readonly<Record<string, unknown>>,
  width: number,
  adapterWidth: number,
): number {
  const { hidden: h, intermediate: f, kvHeads, headDim } = facts.sizes;
  const kv = kvHeads * headDim;
  const r = Number(lora.r ?? 8);
  const attention = count.modules.some(({ name }) => /attn|attention/.test(name));
  const mlp = count.modules.some(({ name }) => /\.mlp\.|\.fc\d/.test(name));
  const dropout = Number(lora.lora_dropout ?? 0) > 0;
  let bytes: number;
  if (dropout) bytes = 36 * h + 10 * f + 4 * kv;
  else if (width === 2 && adapterWidth === 4) bytes = 24.6 * h + 8.2 * f + 4.1 * kv;
  else if (attention && !mlp) bytes = 14 * h + 6 * f + 4 * kv;
  else if (mlp && !attention) bytes = 14 * h + 8 * f + 4 * kv;
  else bytes = 16 * h + 8 * f + 4 * kv + 14 * r;
  const extra = extraByFamily[facts.modelType]?.(h, kv) ?? 0;
  return ((bytes + extra) * width) / 2;
}

const extraByFamily: Record<string, (h: number, kv: number) => number> = {
  qwen3: (h, kv) => 4 * h + 4 * kv,
  phi3: (h, kv) => 4 * h + 2 * kv,
  gemma2: (h) => 8 * h,
  gemma3_text: (h, kv) => 12 * h + 4 * kv,
};
