// GPT-NeoX (Pythia): fused qkv; the head was called embed_out before transformers 5.
import { build } from '../modules.ts';
import type { Family } from './family.ts';

export const gptNeox: Family = {
  architecture: 'GPTNeoXForCausalLM',
  defaults: {
    vocab_size: 50432,
    hidden_size: 6144,
    num_hidden_layers: 44,
    num_attention_heads: 64,
    intermediate_size: 24576,
    tie_word_embeddings: false,
    attention_bias: true,
  },
  build(config) {
    const hidden = config.size('hidden_size');
    const heads = config.size('num_attention_heads');
    const intermediate = config.size('intermediate_size');
    const vocab = config.size('vocab_size');
    const layers = config.size('num_hidden_layers');
    const bias = config.flag('attention_bias');
    const inputEmbeddings = 'gpt_neox.embed_in';
    const modules = [build.embedding(inputEmbeddings, vocab, hidden)];
    const inert = ['gpt_neox.emb_dropout', 'gpt_neox.rotary_emb'];
    for (let i = 0; i < layers; i++) {
      const at = `gpt_neox.layers.${i}`;
      modules.push(
        build.norm(`${at}.input_layernorm`, hidden, true),
        build.norm(`${at}.post_attention_layernorm`, hidden, true),
        build.linear(`${at}.attention.query_key_value`, 3 * hidden, hidden, bias),
        build.linear(`${at}.attention.dense`, hidden, hidden, bias),
        build.linear(`${at}.mlp.dense_h_to_4h`, intermediate, hidden, true),
        build.linear(`${at}.mlp.dense_4h_to_h`, hidden, intermediate, true),
      );
      const parts = ['mlp.act', 'post_attention_dropout', 'post_mlp_dropout'];
      inert.push(...parts.map((part) => `${at}.${part}`));
    }
    modules.push(build.norm('gpt_neox.final_layer_norm', hidden, true));
    const tied = config.flag('tie_word_embeddings');
    modules.push(build.head('lm_head', vocab, hidden, tied ? inputEmbeddings : null));
    const headDim = Math.floor(hidden / heads);
    const sizes = { layers, hidden, intermediate, heads, kvHeads: heads, headDim, vocab };
    return { sizes, modules, inert, inputEmbeddings, outputEmbeddings: 'lm_head' };
  },
};
