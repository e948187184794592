import type { TokenizerSection } from '../schema/tokenizer.ts';

/** The new tokens of a config and how their rows begin; ids follow from the model's tokenizer. */
export interface RenderedTokenizer {
  add_tokens: string[];
  add_special_tokens: string[];
  init: TokenizerSection['init'];
  pad_to_multiple_of: number | null;
}

export function renderTokenizer(given: TokenizerSection): RenderedTokenizer {
  return {
    add_tokens: given.add_tokens ?? [],
    add_special_tokens: given.add_special_tokens ?? [],
    init: given.init,
    pad_to_multiple_of: given.pad_to_multiple_of ?? null,
  };
}
