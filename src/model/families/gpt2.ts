// GPT-2: transposed linear layers with biases, learned positions, the head always named lm_head.
import { build } from '../modules.ts';
import type { Family } from './family.ts';

export const gpt2: Family = {
  architecture: 'GPT2LMHeadModel',
  defaults: {
    vocab_size: 50257,
    n_positions: 1024,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
    tie_word_embeddings: true,
  },
  aliases: { hidden_size: 'n_embd', num_hidden_layers: 'n_layer', num_attention_heads: 'n_head' },
  build(config) {
    const hidden = config.size('n_embd');
    const heads = config.size('n_head');
    const intermediate = config.size('n_inner', 4 * hidden);
    const vocab = config.size('vocab_size');
    const layers = config.size('n_layer');
    const inputEmbeddings = 'transformer.wte';
    const modules = [
      build.embedding(inputEmbeddings, vocab, hidden),
      build.embedding('transformer.wpe', config.size('n_positions'), hidden),
    ];
    const inert = ['transformer.drop'];
    for (let i = 0; i < layers; i++) {
      const at = `transformer.h.${i}`;
      modules.push(
        build.norm(`${at}.ln_1`, hidden, true),
        build.conv1d(`${at}.attn.c_attn`, 3 * hidden, hidden),
        build.conv1d(`${at}.attn.c_proj`, hidden, hidden),
        build.norm(`${at}.ln_2`, hidden, true),
        build.conv1d(`${at}.mlp.c_fc`, intermediate, hidden),
        build.conv1d(`${at}.mlp.c_proj`, hidden, intermediate),
      );
      const parts = ['attn.attn_dropout', 'attn.resid_dropout', 'mlp.act', 'mlp.dropout'];
      inert.push(...parts.map((part) => `${at}.${part}`));
    }
    modules.push(build.norm('transformer.ln_f', hidden, true));
    const tied = config.flag('tie_word_embeddings');
    modules.push(build.head('lm_head', vocab, hidden, tied ? inputEmbeddings : null));
    const headDim = Math.floor(hidden / heads);
    const sizes = { layers, hidden, intermediate, heads, kvHeads: heads, headDim, vocab };
    return { sizes, modules, inert, inputEmbeddings, outputEmbeddings: 'lm_head' };
  },
};
