// Mixtures of experts: Mixtral, Qwen 2 and 3 MoE, gpt-oss. transformers 5 stacks a layer's experts in 3-D parameters.
import type { ConfigReader } from '../config-reader.ts';
import { build, type ModelSizes } from '../modules.ts';
import type { Family } from './family.ts';
import { gatedMlp, type LayerPart, llamaLike } from './llama-like.ts';

/** Router and stacked experts, as most families call them. */
export function routedExperts(at: string, hidden: number, count: number, intermediate: number): LayerPart {
  return {
    modules: [
      build.parameter(`${at}.gate.weight`, count, hidden),
      build.experts(`${at}.experts.gate_up_proj`, count, 2 * intermediate, hidden),
      build.experts(`${at}.experts.down_proj`, count, hidden, intermediate),
    ],
    inert: [`${at}.experts.act_fn`],
  };
}

export const mixtral: Family = {
  ...llamaLike(
    'MixtralForCausalLM',
    {
      vocab_size: 32000,
      hidden_size: 4096,
      intermediate_size: 14336,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 8,
      num_local_experts: 8,
      num_experts_per_tok: 2,
    },
    {
      feedForward: (at, _, config, { hidden, intermediate }) =>
        routedExperts(at, hidden, config.size('num_local_experts'), intermediate),
      sizes: (config) => expertSizes(config, 'num_local_experts', 'intermediate_size'),
    },
  ),
  aliases: { num_experts: 'num_local_experts' },
};

/** Qwen's layers are dense or routed: every `decoder_sparse_step`-th is routed, but those of `mlp_only_layers`. */
function qwenFeedForward(at: string, index: number, config: ConfigReader, sizes: ModelSizes): LayerPart {
  const { hidden, intermediate } = sizes;
  const routed =
    !config.sizes('mlp_only_layers').includes(index) &&
    (index + 1) % config.size('decoder_sparse_step') === 0;
  if (!routed) return gatedMlp(at, hidden, intermediate);
  return routedExperts(at, hidden, config.size('num_experts'), config.size('moe_intermediate_size'));
}

export const qwen2Moe: Family = llamaLike(
  'Qwen2MoeForCausalLM',
  {
    vocab_size: 151936,
    hidden_size: 2048,
    intermediate_size: 5632,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    num_key_value_heads: 16,
    decoder_sparse_step: 1,
    moe_intermediate_size: 1408,
    shared_expert_intermediate_size: 5632,
    num_experts: 60,
    num_experts_per_tok: 4,
    qkv_bias: true,
  },
  {
    qkvBias: 'qkv_bias',
    feedForward(at, index, config, sizes) {
      const part = qwenFeedForward(at, index, config, sizes);
      if (!part.modules.some(({ kind }) => kind === 'experts')) return part;
      const width = config.size('shared_expert_intermediate_size');
      const shared = gatedMlp(`${at}.shared_expert`, sizes.hidden, width);
      return {
        modules: [
          ...part.modules,
          ...shared.modules,
          build.linear(`${at}.shared_expert_gate`, 1, sizes.hidden),
        ],
        inert: [...(part.inert ?? []), ...(shared.inert ?? [])],
      };
    },
    sizes: (config) => expertSizes(config, 'num_experts', 'moe_intermediate_size'),
  },
);

export const qwen3Moe: Family = {
  ...llamaLike(
    'Qwen3MoeForCausalLM',
    {
      vocab_size: 151936,
      hidden_size: 2048,
      intermediate_size: 6144,
      num_hidden_layers: 24,
      num_attention_heads: 32,
      num_key_value_heads: 4,
      decoder_sparse_step: 1,
      moe_intermediate_size: 768,
      num_experts: 128,
      num_experts_per_tok: 8,
    },
    {
      qkvBias: 'attention_bias',
      outBias: 'attention_bias',
      qkNorm: true,
      feedForward: qwenFeedForward,
      sizes: (config) => expertSizes(config, 'num_experts', 'moe_intermediate_size'),
    },
  ),
  aliases: { num_local_experts: 'num_experts' },
};

export const gptOss: Family = {
  ...llamaLike(
    'GptOssForCausalLM',
    {
      vocab_size: 201088,
      hidden_size: 2880,
      intermediate_size: 2880,
      num_hidden_layers: 36,
      num_attention_heads: 64,
      num_key_value_heads: 8,
      head_dim: 64,
      num_local_experts: 128,
      num_experts_per_tok: 4,
      attention_bias: true,
    },
    {
      attention(at, config, { hidden, heads, kvHeads, headDim }) {
        const bias = config.flag('attention_bias');
        return {
          modules: [
            build.parameter(`${at}.sinks`, heads),
            build.linear(`${at}.q_proj`, heads * headDim, hidden, bias),
            build.linear(`${at}.k_proj`, kvHeads * headDim, hidden, bias),
            build.linear(`${at}.v_proj`, kvHeads * headDim, hidden, bias),
            build.linear(`${at}.o_proj`, hidden, heads * headDim, bias),
          ],
        };
      },
      // Its experts are stored (E, in, out) and have biases.
      feedForward(at, _, config, { hidden, intermediate }) {
        const count = config.size('num_local_experts');
        const fused = 2 * intermediate;
        return {
          modules: [
            build.parameter(`${at}.router.weight`, count, hidden),
            build.parameter(`${at}.router.bias`, count),
            build.experts(`${at}.experts.gate_up_proj`, count, fused, hidden, 'in-out'),
            build.parameter(`${at}.experts.gate_up_proj_bias`, count, fused),
            build.experts(`${at}.experts.down_proj`, count, hidden, intermediate, 'in-out'),
            build.parameter(`${at}.experts.down_proj_bias`, count, hidden),
          ],
        };
      },
      sizes: (config) => expertSizes(config, 'num_local_experts', 'intermediate_size'),
    },
  ),
  aliases: { num_experts: 'num_local_experts' },
  // Its attention sinks are in no kernel of PyTorch's.
  refusedAttention: ['sdpa'],
};

/** What the forecasts need to know of the experts. */
export function expertSizes(config: ConfigReader, count: string, width: string): Partial<ModelSizes> {
  return {
    experts: {
      count: config.size(count),
      perToken: config.size('num_experts_per_tok', 1),
      intermediate: config.size(width),
    },
  };
}
