// Repositories whose weights are stored quantized: what they are, and what of them can be trained here.
import { UserError } from '../diagnostics/user-error.ts';

export interface StoredQuantization {
  /** `quant_method` of config.json. */
  method: string;
  /** Bits of a stored weight; null if config.json does not say. */
  bits: number | null;
  /** Weights that share one scale; null if config.json does not say. */
  group_size: number | null;
  /** Whether `lorch train` takes it as it is. */
  trainable: boolean;
  /** What can be trained on it, and what that needs. */
  advice: string;
}

interface Method {
  bits?: number;
  trainable?: true;
  advice: string;
}

/** After transformers' `is_trainable` of each quantizer and PEFT's own layers; lorch brings bitsandbytes alone. */
const methods: Readonly<Record<string, Method>> = {
  bitsandbytes: {
    trainable: true,
    advice: 'QLoRA: every linear layer can be a target; leave `quantization:` out, the stored one is used',
  },
  gptq: { advice: 'PEFT adapts its linear layers with the package gptqmodel, which lorch does not bring' },
  awq: { advice: 'PEFT adapts its linear layers with the package gptqmodel, which lorch does not bring' },
  fp8: { bits: 8, advice: 'its matrix kernels are made for inference; train on the bf16 model' },
  fbgemm_fp8: { bits: 8, advice: 'transformers refuses to train it; train on the bf16 model' },
  mxfp4: {
    bits: 4,
    trainable: true,
    advice: 'LoRA: its experts are unpacked to bf16 when it is loaded, to about four times their size',
  },
  nvfp4: { bits: 4, advice: 'transformers refuses to train it; train on the bf16 model' },
  mlx: { advice: 'it is made for MLX on Apple hardware and cannot be loaded with PyTorch' },
};

type Config = Readonly<Record<string, unknown>>;

/** Null if the weights are stored as they are. */
export function readStoredQuantization(config: Config): StoredQuantization | null {
  const given = stored(config) ?? (isObject(config.text_config) ? stored(config.text_config) : null);
  if (given === null) return null;
  const { method, fields } = given;
  const known = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return {
    method,
    bits: known?.bits ?? bitsOf(fields),
    group_size: sizeOf(fields.group_size) ?? sizeOf(fields.q_group_size),
    trainable: known?.trainable ?? false,
    advice: known?.advice ?? 'lorch brings no package that trains it; train on the model it was made from',
  };
}

/**
 * How the base will be held: by the fields of a checkpoint that bitsandbytes stored (transformers takes no others then),
 * else as asked. Throws UserError M037 if
 * weights that are stored otherwise are to be quantized again.
 */
export function quantizationAsLoaded(
  config: Config,
  asked: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> | null {
  const given = stored(config);
  if (given === null) return asked;
  if (given.method === 'bitsandbytes') return given.fields;
  if (asked === null) return null;
  throw new UserError(
    'M037',
    `the base is stored in ${given.method}, and \`quantization:\` would quantize it again`,
    {
      hint:
        given.method === 'mxfp4'
          ? 'leave it out: the base is unpacked to bf16 and trained as LoRA'
          : 'train on the model that it was made from',
      exitCode: 2,
    },
  );
}

/** The config of the model that the stored one stands for. */
export function withoutQuantization(config: Config): Record<string, unknown> {
  const { quantization_config: _own, quantization: _mlx, ...plain } = config;
  if (!isObject(plain.text_config)) return plain;
  return { ...plain, text_config: withoutQuantization(plain.text_config) };
}

function stored(config: Config): { method: string; fields: Config } | null {
  const fields = config.quantization_config;
  if (isObject(fields) && typeof fields.quant_method === 'string')
    return { method: fields.quant_method.toLowerCase(), fields };
  // bitsandbytes did not name itself at first, MLX never does.
  if (isObject(fields) && (fields.load_in_4bit === true || fields.load_in_8bit === true))
    return { method: 'bitsandbytes', fields };
  const mlx = isObject(config.quantization) ? config.quantization : fields;
  return isObject(mlx) && sizeOf(mlx.bits) !== null && sizeOf(mlx.group_size) !== null
    ? { method: 'mlx', fields: mlx }
    : null;
}

function bitsOf(fields: Config): number | null {
  if (fields.load_in_4bit === true) return 4;
  if (fields.load_in_8bit === true) return 8;
  return sizeOf(fields.bits) ?? sizeOf(fields.w_bit);
}

function sizeOf(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
