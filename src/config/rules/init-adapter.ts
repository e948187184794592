import type { Rule } from './rule.ts';

/** What an initial adapter makes impossible, or idle, before it is read. */
export const initAdapterRule: Rule = {
  needs: ['init_adapter', 'lora'],
  check({ init_adapter: init, lora, quantization, tokenizer }, report) {
    if (!init) return;
    if (tokenizer)
      report(
        'tokenizer',
        'lorch cannot add new tokens on top of an adapter, because its rows would not fit the larger embedding',
        'merge it first (`lorch merge RUN -o merged`), then write `base_model: merged` without `init_adapter`; keep under `tokenizer:` only tokens that the merged model lacks',
      );
    if (init.mode === 'fuse' && (quantization?.load_in_4bit || quantization?.load_in_8bit))
      report(
        'init_adapter',
        'lorch cannot fuse an adapter into a quantized base, because rounding to 4 or 8 bits would lose most of it',
        'merge it first (`lorch merge RUN -o merged`), then write `base_model: merged` and keep `quantization:`',
      );
    if (init.mode === 'continue' && lora.init_lora_weights !== true)
      report(
        'lora.init_lora_weights',
        'init_lora_weights has no effect, because the weights come from `init_adapter`',
        'leave it out',
        'C018',
      );
  },
};
