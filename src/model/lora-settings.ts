// The fields of PEFT's LoraConfig that decide which parameters train, and how many.
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';

const names = z.array(z.string());
const indices = z.array(z.number().int());

const settings = z.object({
  r: z.number().int().positive().default(8),
  lora_alpha: z.number().default(8),
  lora_dropout: z.number().default(0),
  fan_in_fan_out: z.boolean().nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
  target_modules: z.union([z.string(), names]).nullish(),
  target_parameters: names.nullish(),
  exclude_modules: z.union([z.string(), names]).nullish(),
  bias: z.enum(['none', 'all', 'lora_only']).default('none'),
  modules_to_save: names.nullish(),
  layers_to_transform: z.union([z.number().int(), indices]).nullish(),
  layers_pattern: z.union([z.string(), names]).nullish(),
  rank_pattern: z.record(z.string(), z.number().int().positive()).nullish(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
  trainable_token_indices: z.union([indices, z.record(z.string(), indices)]).nullish(),
  use_dora: z.boolean().nullish(),
  lora_bias: z.boolean().nullish(),
  ensure_weight_tying: z.boolean().nullish(),
});

export type LoraSettings = z.infer<typeof settings>;

/** Settings whose effect on the count depends on weights or data, or that lorch does not model yet. */
const uncounted: Record<string, string> = {
  layer_replication: 'repeats layers',
  megatron_config: 'replaces layers',
  arrow_config: 'mixes adapters',
  kasa_config: 'adds singular values',
  monteclora_config: 'adds sampled parameters',
  use_bdlora: 'uses block-diagonal factors',
  use_qalora: 'pools inputs',
};

/** Reads the fields that count. Throws UserError M005 for values or combinations that PEFT refuses. */
export function readLoraSettings(lora: Readonly<Record<string, unknown>>): LoraSettings {
  const parsed = settings.safeParse(lora);
  if (!parsed.success)
    throw refused(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const { target_modules, layers_to_transform, layers_pattern, lora_bias, use_dora } = parsed.data;
  const init = parsed.data.init_lora_weights ?? true;
  if (typeof target_modules === 'string' && (layers_to_transform ?? layers_pattern) != null) {
    throw refused(
      'layers_to_transform and layers_pattern need target_modules as a list; it is one string here',
      'list the names, or put the layer numbers into the regular expression',
    );
  }
  if (layers_pattern != null && layers_pattern.length > 0 && layers_to_transform == null) {
    throw refused('layers_pattern needs layers_to_transform', 'name the layers, or leave layers_pattern out');
  }
  if (lora_bias && use_dora)
    throw refused('lora_bias and use_dora exclude each other', 'switch one of them off');
  if (lora_bias && typeof init === 'string')
    throw refused(`lora_bias needs init_lora_weights: true or false, not ${init}`);
  return parsed.data;
}

/** Why these settings cannot be counted from shapes; null if they can. */
export function uncountable(lora: Readonly<Record<string, unknown>>): string | null {
  for (const [key, reason] of Object.entries(uncounted)) {
    if (isSet(lora[key])) return `lora.${key} ${reason}`;
  }
  const { init_lora_weights: init, eva_config: eva } = lora;
  if (init === 'mica') return 'init_lora_weights: mica decides at launch what trains';
  // With rho 1 each layer keeps its rank; the default of PEFT is 2.
  if (init === 'eva' && (eva as { rho?: unknown } | null | undefined)?.rho !== 1)
    return 'init_lora_weights: eva decides at launch what trains';
  return null;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

export function refused(message: string, hint?: string): UserError {
  return new UserError('M005', `lora: ${message}`, hint === undefined ? {} : { hint });
}
