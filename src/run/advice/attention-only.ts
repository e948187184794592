import type { AdviceRule } from './rule.ts';

/** q_proj of `self_attn`, GPT-2's `attn`, GPT-NeoX' `attention`, Falcon's `self_attention`. */
const inAttention = /\.(self_)?(attn|attention)\./;

export const attentionOnly: AdviceRule = {
  code: 'A004',
  name: 'attention-only',
  severity: 'note',
  title: 'The adapter leaves the MLP layers out.',
  prose:
    'Most weights of a transformer, and most of what an adapter can learn, are in the MLP layers. Adapters on attention alone did worse even when a higher rank gave them as many parameters. Use them if you reproduce a paper’s baseline, or if memory allows nothing else.',
  threshold: 'Every adapted module belongs to an attention block.',
  source:
    'LoRA Without Regret (Thinking Machines, 2025); Tinker’s LoRA primer; PEFT’s method comparison (Llama 3.2 3B on GSM8K: r 10 on the MLP 49.4 %, r 32 on query and value 47.8 %; single runs).',
  check({ adapted }) {
    if (!adapted || adapted.length === 0 || !adapted.every((name) => inAttention.test(name))) return null;
    return {
      message: `the adapter is on ${adapted.length} attention modules and on no MLP layer`,
      hint: 'lora.target_modules: all-linear, with a lower r if the parameters are to stay as many',
      data: { adapted: adapted.length },
    };
  },
};
