// DeepSeek V2 and V3: attention through a low-rank latent, shared beside routed experts, the first layers dense.
import type { ConfigReader } from '../config-reader.ts';
import { build, type ModelSizes } from '../modules.ts';
import { expertSizes, routedExperts } from './experts.ts';
import type { Family } from './family.ts';
import { gatedMlp, type LayerPart, llamaLike } from './llama-like.ts';

/** `q_lora_rank: null` has one full query projection; otherwise two low-rank ones. */
function latentAttention(at: string, config: ConfigReader, { hidden, heads }: ModelSizes): LayerPart {
  const bias = config.flag('attention_bias');
  const keyDim = config.size('qk_nope_head_dim') + config.size('qk_rope_head_dim');
  const valueDim = config.size('v_head_dim');
  const latent = config.size('kv_lora_rank');
  const queryRank = config.optional('q_lora_rank');
  const queries =
    queryRank === null
      ? [build.linear(`${at}.q_proj`, heads * keyDim, hidden)]
      : [
          build.linear(`${at}.q_a_proj`, queryRank, hidden, bias),
          build.norm(`${at}.q_a_layernorm`, queryRank),
          build.linear(`${at}.q_b_proj`, heads * keyDim, queryRank),
        ];
  return {
    modules: [
      ...queries,
      build.linear(`${at}.kv_a_proj_with_mqa`, latent + config.size('qk_rope_head_dim'), hidden, bias),
      build.norm(`${at}.kv_a_layernorm`, latent),
      build.linear(`${at}.kv_b_proj`, heads * (config.size('qk_nope_head_dim') + valueDim), latent),
      build.linear(`${at}.o_proj`, hidden, heads * valueDim, bias),
    ],
  };
}

function feedForward(at: string, index: number, config: ConfigReader, sizes: ModelSizes): LayerPart {
  const { hidden, intermediate } = sizes;
  const bias = config.flag('mlp_bias');
  if (index < (config.optional('first_k_dense_replace') ?? 0))
    return gatedMlp(at, hidden, intermediate, bias);
  const width = config.size('moe_intermediate_size');
  const routed = routedExperts(at, hidden, config.size('n_routed_experts'), width);
  const shared = gatedMlp(`${at}.shared_experts`, hidden, width * config.size('n_shared_experts'), bias);
  return {
    modules: [...routed.modules, ...shared.modules],
    inert: [...(routed.inert ?? []), ...(shared.inert ?? [])],
  };
}

function deepseek(architecture: string, defaults: Family['defaults'], aliases: Family['aliases']): Family {
  const family = llamaLike(architecture, defaults, {
    attention: latentAttention,
    feedForward,
    sizes: (config) => ({
      ...expertSizes(config, 'n_routed_experts', 'moe_intermediate_size'),
      // The width of a head's keys; head_dim in config.json is that of the rotary part alone.
      headDim: config.size('qk_nope_head_dim') + config.size('qk_rope_head_dim'),
    }),
  });
  return { ...family, aliases };
}

const common = {
  kv_lora_rank: 512,
  q_lora_rank: 1536,
  qk_rope_head_dim: 64,
  v_head_dim: 128,
  qk_nope_head_dim: 128,
};

export const deepseekV2: Family = deepseek(
  'DeepseekV2ForCausalLM',
  {
    ...common,
    vocab_size: 102400,
    hidden_size: 4096,
    intermediate_size: 11008,
    num_hidden_layers: 32,
    num_attention_heads: 32,
    first_k_dense_replace: 0,
    n_routed_experts: 64,
    n_shared_experts: 2,
    moe_intermediate_size: 1407,
    num_experts_per_tok: 6,
  },
  { num_experts: 'n_routed_experts' },
);

export const deepseekV3: Family = deepseek(
  'DeepseekV3ForCausalLM',
  {
    ...common,
    vocab_size: 129280,
    hidden_size: 7168,
    intermediate_size: 18432,
    num_hidden_layers: 61,
    num_attention_heads: 128,
    num_key_value_heads: 128,
    first_k_dense_replace: 3,
    n_routed_experts: 256,
    n_shared_experts: 1,
    moe_intermediate_size: 2048,
    num_experts_per_tok: 8,
  },
  { num_local_experts: 'n_routed_experts' },
);
