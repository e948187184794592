// Falcon: three attention layouts (multi-query, grouped, full) and three ways to place the norms.
import type { ConfigReader } from '../config-reader.ts';
import { build } from '../modules.ts';
import type { Family } from './family.ts';

export const falcon: Family = {
  architecture: 'FalconForCausalLM',
  defaults: {
    vocab_size: 65024,
    hidden_size: 4544,
    num_hidden_layers: 32,
    num_attention_heads: 71,
    multi_query: true,
    parallel_attn: true,
    bias: false,
    new_decoder_architecture: false,
    tie_word_embeddings: true,
  },
  build(config) {
    const hidden = config.size('hidden_size');
    const heads = config.size('num_attention_heads');
    const headDim = Math.floor(hidden / heads);
    const intermediate = config.size('ffn_hidden_size', 4 * hidden);
    const vocab = config.size('vocab_size');
    const layers = config.size('num_hidden_layers');
    const bias = config.flag('bias');
    const kvHeads = keyValueHeads(config, heads);
    const inputEmbeddings = 'transformer.word_embeddings';
    const modules = [build.embedding(inputEmbeddings, vocab, hidden)];
    const inert = ['transformer.rotary_emb'];
    for (let i = 0; i < layers; i++) {
      const at = `transformer.h.${i}`;
      modules.push(
        build.linear(`${at}.self_attention.query_key_value`, (heads + 2 * kvHeads) * headDim, hidden, bias),
        build.linear(`${at}.self_attention.dense`, hidden, hidden, bias),
        build.linear(`${at}.mlp.dense_h_to_4h`, intermediate, hidden, bias),
        build.linear(`${at}.mlp.dense_4h_to_h`, hidden, intermediate, bias),
        ...normNames(config).map((name) => build.norm(`${at}.${name}`, hidden, true)),
      );
      inert.push(`${at}.mlp.act`, `${at}.self_attention.attention_dropout`);
    }
    modules.push(build.norm('transformer.ln_f', hidden, true));
    const tied = config.flag('tie_word_embeddings');
    modules.push(build.head('lm_head', vocab, hidden, tied ? inputEmbeddings : null));
    const sizes = { layers, hidden, intermediate, heads, kvHeads, headDim, vocab };
    return { sizes, modules, inert, inputEmbeddings, outputEmbeddings: 'lm_head' };
  },
};

function keyValueHeads(config: ConfigReader, heads: number): number {
  if (config.flag('new_decoder_architecture')) return config.size('num_kv_heads', heads);
  return config.flag('multi_query') ? 1 : heads;
}

function normNames(config: ConfigReader): string[] {
  const grouped = config.flag('new_decoder_architecture');
  const inParallel = config.optional('num_ln_in_parallel_attn') ?? (grouped ? 2 : 1);
  if (grouped && inParallel === 2) return ['ln_attn', 'ln_mlp'];
  return config.flag('parallel_attn') ? ['input_layernorm'] : ['input_layernorm', 'post_attention_layernorm'];
}
