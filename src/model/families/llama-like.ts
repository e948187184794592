// Llama and the families that vary it: biases, norms, fused projections.
import type { ConfigReader } from '../config-reader.ts';
import { build, type ModelModule, type ModelSizes } from '../modules.ts';
import type { Family } from './family.ts';

interface Variation {
  /** Biases of q, k, v and of o: fixed, or switched by the config. */
  qkvBias?: 'attention_bias' | 'always';
  outBias?: 'attention_bias';
  mlpBias?: 'mlp_bias';
  /** Norms of length head_dim on queries and keys. */
  qkNorm?: boolean;
  /** Norms before and after the MLP beside the usual two (Gemma 2 and 3). */
  feedforwardNorms?: boolean;
  /** qkv_proj and gate_up_proj in place of three and two (Phi-3). */
  fused?: boolean;
}

/** Makes one family; `defaults` are those of its config class. */
export function llamaLike(
  architecture: string,
  defaults: Family['defaults'],
  variation: Variation = {},
): Family {
  return {
    architecture,
    defaults,
    build(config) {
      const sizes = readSizes(config);
      const { vocab, hidden, layers } = sizes;
      const inputEmbeddings = 'model.embed_tokens';
      const tied = config.flag('tie_word_embeddings');
      const modules: ModelModule[] = [build.embedding(inputEmbeddings, vocab, hidden)];
      for (let i = 0; i < layers; i++) modules.push(...layer(`model.layers.${i}`, sizes, config, variation));
      modules.push(build.norm('model.norm', hidden));
      modules.push(build.head('lm_head', vocab, hidden, tied ? inputEmbeddings : null));
      return { sizes, modules, inputEmbeddings, outputEmbeddings: 'lm_head' };
    },
  };
}

function readSizes(config: ConfigReader): ModelSizes {
  const hidden = config.size('hidden_size');
  const heads = config.size('num_attention_heads');
  return {
    hidden,
    heads,
    layers: config.size('num_hidden_layers'),
    intermediate: config.size('intermediate_size'),
    kvHeads: config.size('num_key_value_heads', heads),
    headDim: config.size('head_dim', Math.floor(hidden / heads)),
    vocab: config.size('vocab_size'),
  };
}

function layer(at: string, sizes: ModelSizes, config: ConfigReader, variation: Variation): ModelModule[] {
  const { hidden, heads, kvHeads, headDim, intermediate } = sizes;
  const queries = heads * headDim;
  const keys = kvHeads * headDim;
  const qkvBias =
    variation.qkvBias === 'always' || (variation.qkvBias !== undefined && config.flag('attention_bias'));
  const outBias = variation.outBias !== undefined && config.flag('attention_bias');
  const mlpBias = variation.mlpBias !== undefined && config.flag('mlp_bias');
  const attention = variation.fused
    ? [build.linear(`${at}.self_attn.qkv_proj`, queries + 2 * keys, hidden, qkvBias)]
    : [
        build.linear(`${at}.self_attn.q_proj`, queries, hidden, qkvBias),
        build.linear(`${at}.self_attn.k_proj`, keys, hidden, qkvBias),
        build.linear(`${at}.self_attn.v_proj`, keys, hidden, qkvBias),
      ];
  const mlp = variation.fused
    ? [build.linear(`${at}.mlp.gate_up_proj`, 2 * intermediate, hidden, mlpBias)]
    : [
        build.linear(`${at}.mlp.gate_proj`, intermediate, hidden, mlpBias),
        build.linear(`${at}.mlp.up_proj`, intermediate, hidden, mlpBias),
      ];
  return [
    ...attention,
    build.linear(`${at}.self_attn.o_proj`, hidden, queries, outBias),
    ...(variation.qkNorm
      ? [build.norm(`${at}.self_attn.q_norm`, headDim), build.norm(`${at}.self_attn.k_norm`, headDim)]
      : []),
    ...mlp,
    build.linear(`${at}.mlp.down_proj`, hidden, intermediate, mlpBias),
    build.norm(`${at}.input_layernorm`, hidden),
    build.norm(`${at}.post_attention_layernorm`, hidden),
    ...(variation.feedforwardNorms
      ? [
          build.norm(`${at}.pre_feedforward_layernorm`, hidden),
          build.norm(`${at}.post_feedforward_layernorm`, hidden),
        ]
      : []),
  ];
}
