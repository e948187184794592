import type { Dtype } from '../schema/field.ts';
import type { QuantizationSection } from '../schema/quantization.ts';

/** Arguments for transformers' BitsAndBytesConfig: those of the way of quantizing that is chosen. */
export function renderQuantization(given: QuantizationSection, dtype: Dtype): Record<string, unknown> {
  const common = {
    load_in_4bit: given.load_in_4bit,
    load_in_8bit: given.load_in_8bit,
    llm_int8_skip_modules: given.llm_int8_skip_modules ?? null,
  };
  if (given.load_in_8bit) return { ...common, llm_int8_threshold: given.llm_int8_threshold ?? 6 };
  return {
    ...common,
    bnb_4bit_quant_type: given.bnb_4bit_quant_type ?? 'nf4',
    bnb_4bit_use_double_quant: given.bnb_4bit_use_double_quant ?? true,
    bnb_4bit_compute_dtype: given.bnb_4bit_compute_dtype ?? dtype,
    bnb_4bit_quant_storage: given.bnb_4bit_quant_storage ?? 'uint8',
  };
}
