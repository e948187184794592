import { evaSection, type LoraSection, loraSection } from '../schema/lora.ts';

/** Arguments for PEFT's LoraConfig: every field a config may set; null if the library must not use it. */
export function renderLora(lora: LoraSection): Record<string, unknown> {
  const fields = Object.keys(loraSection.shape) as (keyof LoraSection)[];
  return {
    ...Object.fromEntries(fields.map((name) => [name, lora[name] ?? null])),
    lora_alpha: lora.lora_alpha ?? 2 * lora.r,
    eva_config: lora.init_lora_weights === 'eva' ? evaSection.parse(lora.eva_config ?? {}) : null,
    // PEFT takes null, not an empty list, for "parameters only".
    target_modules: lora.target_modules.length === 0 ? null : lora.target_modules,
  };
}
