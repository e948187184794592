// Every family of architectures: one line each, by the `model_type` of config.json.
import { deepseekV2, deepseekV3 } from './deepseek.ts';
import { gptOss, mixtral, qwen2Moe, qwen3Moe } from './experts.ts';
import { falcon } from './falcon.ts';
import type { Family } from './family.ts';
import { gemma3, gemma3Text } from './gemma3.ts';
import { gptNeox } from './gpt-neox.ts';
import { gpt2 } from './gpt2.ts';
import { llamaLike } from './llama-like.ts';
import { opt } from './opt.ts';

const base = { hidden_size: 4096, num_hidden_layers: 32, num_attention_heads: 32 };
const gated = { qkvBias: 'attention_bias', outBias: 'attention_bias' } as const;

export const families: Readonly<Record<string, Family>> = {
  llama: llamaLike(
    'LlamaForCausalLM',
    { ...base, vocab_size: 32000, intermediate_size: 11008 },
    { ...gated, mlpBias: 'mlp_bias' },
  ),
  mistral: llamaLike('MistralForCausalLM', {
    ...base,
    vocab_size: 32000,
    intermediate_size: 14336,
    num_key_value_heads: 8,
  }),
  granite: llamaLike(
    'GraniteForCausalLM',
    { ...base, vocab_size: 32000, intermediate_size: 11008 },
    { ...gated, mlpBias: 'mlp_bias' },
  ),
  qwen2: llamaLike(
    'Qwen2ForCausalLM',
    { ...base, vocab_size: 151936, intermediate_size: 22016, num_key_value_heads: 32 },
    { qkvBias: 'always' },
  ),
  qwen3: llamaLike(
    'Qwen3ForCausalLM',
    { ...base, vocab_size: 151936, intermediate_size: 22016, num_key_value_heads: 32, head_dim: 128 },
    { ...gated, qkNorm: true },
  ),
  gemma: llamaLike(
    'GemmaForCausalLM',
    {
      vocab_size: 256000,
      hidden_size: 3072,
      intermediate_size: 24576,
      num_hidden_layers: 28,
      num_attention_heads: 16,
      num_key_value_heads: 16,
      head_dim: 256,
      tie_word_embeddings: true,
    },
    gated,
  ),
  gemma2: llamaLike(
    'Gemma2ForCausalLM',
    {
      vocab_size: 256000,
      hidden_size: 2304,
      intermediate_size: 9216,
      num_hidden_layers: 26,
      num_attention_heads: 8,
      num_key_value_heads: 4,
      head_dim: 256,
      tie_word_embeddings: true,
    },
    { ...gated, feedforwardNorms: true },
  ),
  gemma3_text: gemma3Text,
  gemma3,
  phi3: llamaLike(
    'Phi3ForCausalLM',
    {
      vocab_size: 32064,
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 32,
      num_attention_heads: 32,
    },
    { fused: true },
  ),
  mixtral,
  qwen2_moe: qwen2Moe,
  qwen3_moe: qwen3Moe,
  gpt_oss: gptOss,
  deepseek_v2: deepseekV2,
  deepseek_v3: deepseekV3,
  gpt2,
  gpt_neox: gptNeox,
  opt,
  falcon,
};
