// Llama and the families that vary it: biases, norms, fused projections, and what stands in for attention or MLP.
import type { ConfigReader } from '../config-reader.ts';
import { build, type ModelModule, type ModelSizes } from '../modules.ts';
import type { Family } from './family.ts';

/** Part of a layer: its modules, and the names of those without parameters. */
export interface LayerPart {
  modules: ModelModule[];
  inert?: string[];
}

export interface Variation {
  /** Biases of q, k, v and of o: fixed, or switched by the config. */
  qkvBias?: 'attention_bias' | 'qkv_bias' | 'always';
  outBias?: 'attention_bias';
  mlpBias?: 'mlp_bias';
  /** Norms of length head_dim on queries and keys. */
  qkNorm?: boolean;
  /** Norms before and after the MLP beside the usual two (Gemma 2 and 3). */
  feedforwardNorms?: boolean;
  /** qkv_proj and gate_up_proj in place of three and two (Phi-3). */
  fused?: boolean;
  /** In place of the usual attention. */
  attention?: (at: string, config: ConfigReader, sizes: ModelSizes) => LayerPart;
  /** In place of the usual MLP; it may differ from layer to layer. */
  feedForward?: (at: string, index: number, config: ConfigReader, sizes: ModelSizes) => LayerPart;
  /** Sizes that other keys hold. */
  sizes?: (config: ConfigReader) => Partial<ModelSizes>;
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
      const { sizes, modules, inert, inputEmbeddings } = buildDecoder('model', config, variation);
      const tied = config.flag('tie_word_embeddings');
      modules.push(build.head('lm_head', sizes.vocab, sizes.hidden, tied ? inputEmbeddings : null));
      return { sizes, modules, inert, inputEmbeddings, outputEmbeddings: 'lm_head' };
    },
  };
}

/** Embedding, layers and last norm, under the name `at`; the head is the caller's. */
export function buildDecoder(at: string, config: ConfigReader, variation: Variation) {
  const sizes = { ...readSizes(config), ...variation.sizes?.(config) };
  const inputEmbeddings = `${at}.embed_tokens`;
  const modules: ModelModule[] = [build.embedding(inputEmbeddings, sizes.vocab, sizes.hidden)];
  const inert = [`${at}.rotary_emb`];
  for (let i = 0; i < sizes.layers; i++) {
    for (const part of layer(`${at}.layers.${i}`, i, config, sizes, variation)) {
      modules.push(...part.modules);
      inert.push(...(part.inert ?? []));
    }
  }
  modules.push(build.norm(`${at}.norm`, sizes.hidden));
  return { sizes, modules, inert, inputEmbeddings };
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

function layer(
  at: string,
  index: number,
  config: ConfigReader,
  sizes: ModelSizes,
  variation: Variation,
): LayerPart[] {
  const { hidden, intermediate } = sizes;
  const mlpBias = variation.mlpBias !== undefined && config.flag('mlp_bias');
  return [
    (variation.attention ?? attentionOf(variation))(`${at}.self_attn`, config, sizes),
    variation.feedForward
      ? variation.feedForward(`${at}.mlp`, index, config, sizes)
      : variation.fused
        ? fusedMlp(at, hidden, intermediate)
        : gatedMlp(`${at}.mlp`, hidden, intermediate, mlpBias),
    {
      modules: [
        build.norm(`${at}.input_layernorm`, hidden),
        build.norm(`${at}.post_attention_layernorm`, hidden),
        ...(variation.feedforwardNorms
          ? [
              build.norm(`${at}.pre_feedforward_layernorm`, hidden),
              build.norm(`${at}.post_feedforward_layernorm`, hidden),
            ]
          : []),
      ],
    },
  ];
}

function attentionOf(variation: Variation) {
  return (at: string, config: ConfigReader, sizes: ModelSizes): LayerPart => {
    const { hidden, heads, kvHeads, headDim } = sizes;
    const queries = heads * headDim;
    const keys = kvHeads * headDim;
    const { qkvBias, outBias } = variation;
    const bias = qkvBias === 'always' || (qkvBias !== undefined && config.flag(qkvBias));
    const projections = variation.fused
      ? [build.linear(`${at}.qkv_proj`, queries + 2 * keys, hidden, bias)]
      : [
          build.linear(`${at}.q_proj`, queries, hidden, bias),
          build.linear(`${at}.k_proj`, keys, hidden, bias),
          build.linear(`${at}.v_proj`, keys, hidden, bias),
        ];
    const norms = variation.qkNorm
      ? [build.norm(`${at}.q_norm`, headDim), build.norm(`${at}.k_norm`, headDim)]
      : [];
    const out = build.linear(`${at}.o_proj`, hidden, queries, outBias !== undefined && config.flag(outBias));
    return { modules: [...projections, out, ...norms] };
  };
}

/** gate_proj, up_proj, down_proj. */
export function gatedMlp(at: string, hidden: number, intermediate: number, bias = false): LayerPart {
  return {
    modules: [
      build.linear(`${at}.gate_proj`, intermediate, hidden, bias),
      build.linear(`${at}.up_proj`, intermediate, hidden, bias),
      build.linear(`${at}.down_proj`, hidden, intermediate, bias),
    ],
    inert: [`${at}.act_fn`],
  };
}

/** Phi-3's, whose layers also hold dropouts. */
function fusedMlp(at: string, hidden: number, intermediate: number): LayerPart {
  return {
    modules: [
      build.linear(`${at}.mlp.gate_up_proj`, 2 * intermediate, hidden),
      build.linear(`${at}.mlp.down_proj`, hidden, intermediate),
    ],
    inert: [`${at}.mlp.activation_fn`, `${at}.resid_attn_dropout`, `${at}.resid_mlp_dropout`],
  };
}
