// An adapter: its adapter_config.json and its tensors.
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import type { TensorShapes } from './tensor-shapes.ts';
import { countElements, summarizeTensors } from './tensors.ts';

const names = z.union([z.string(), z.array(z.string())]);

const fields = z.looseObject({
  peft_type: z.string().default('LORA'),
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
  r: z.number().nullish(),
  lora_alpha: z.number().nullish(),
  target_modules: names.nullish(),
  modules_to_save: z.array(z.string()).nullish(),
});

export interface AdapterFacts {
  peft_type: string;
  /** Hub id or path of the model it was trained on; null if the file does not say. */
  base_model: string | null;
  base_revision: string | null;
  r: number | null;
  lora_alpha: number | null;
  target_modules: string | string[] | null;
  modules_to_save: string[];
  /** Everything that decides a count, as LoraConfig fields. */
  settings: Record<string, unknown>;
  /** What its file contains; null if there is no safetensors file. */
  tensors: { parameters: number; bytes: number; dtypes: Record<string, number> } | null;
  /** Adapted modules with their parameters, by the base's names. */
  modules: { name: string; trainable: number }[];
}

/** Fields that affect which parameters there are; other fields do not matter for a count. */
const counted = [
  'r',
  'target_modules',
  'exclude_modules',
  'modules_to_save',
  'layers_to_transform',
  'layers_pattern',
  'rank_pattern',
  'target_parameters',
  'trainable_token_indices',
  'use_dora',
  'lora_bias',
  'bias',
];

/** Reads a parsed adapter_config.json. Throws UserError M040 if it is not one. */
export function readAdapterConfig(config: unknown, tensors: TensorShapes | null, name: string): AdapterFacts {
  const parsed = fields.safeParse(config);
  if (!parsed.success)
    throw new UserError('M040', `${name}: ${z.prettifyError(parsed.error)}`, {
      hint: 'PEFT writes this file beside adapter_model.safetensors; fetch or save the adapter again',
    });
  const { data } = parsed;
  return {
    peft_type: data.peft_type,
    base_model: data.base_model_name_or_path || null,
    base_revision: data.revision || null,
    r: data.r ?? null,
    lora_alpha: data.lora_alpha ?? null,
    target_modules: data.target_modules ?? null,
    modules_to_save: data.modules_to_save ?? [],
    settings: Object.fromEntries(counted.flatMap((key) => (isSet(data[key]) ? [[key, data[key]]] : []))),
    tensors: tensors && summarizeTensors(tensors),
    modules: adaptedModules(tensors ?? {}),
  };
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 'none') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** PEFT stores `base_model.model.NAME.lora_A.weight`; copies of whole modules lack the `lora_` part. */
function adaptedModules(tensors: TensorShapes): AdapterFacts['modules'] {
  const modules = new Map<string, number>();
  for (const [stored, tensor] of Object.entries(tensors)) {
    const name = stored
      .replace(/^base_model\.model\./, '')
      .replace(
        /\.(lora_\w+|modules_to_save|token_adapter|trainable_tokens_\w+|ia3_l|weight|bias)(\..*)?$/,
        '',
      );
    modules.set(name, (modules.get(name) ?? 0) + countElements(tensor));
  }
  return [...modules].map(([name, trainable]) => ({ name, trainable }));
}
