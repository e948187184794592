import type { AdviceRule } from './rule.ts';

export const rankBelowData: AdviceRule = {
  code: 'A007',
  name: 'rank-below-data',
  severity: 'note',
  title: 'The dataset contains more than the adapter can store.',
  prose:
    'A model stores about two bits a parameter, and a token of text carries about one. If the trained tokens exceed twice the trainable parameters, LoRA falls behind full fine-tuning: it keeps learning, but more and more slowly. A higher rank, or more target modules, gives it room. This is a rule of thumb: text that repeats itself needs less.',
  threshold: 'Trainable parameters are fewer than half of the trained tokens of one epoch.',
  source:
    'LoRA Without Regret (Thinking Machines, 2025), which takes the two bits from Allen-Zhu and Li (arXiv 2404.05405).',
  check({ trainable, trainedTokens, r }) {
    if (trainable === null || trainable === 0 || trainable >= trainedTokens / 2) return null;
    const needed = Math.ceil((r * trainedTokens) / 2 / trainable);
    return {
      message: `${count(trainable)} parameters are to learn ${count(trainedTokens)} tokens: the rule of thumb is at least half as many`,
      hint: `lora.r: ${needed} would have enough parameters; more target modules also add parameters`,
      data: { trainable, trained_tokens: trainedTokens, r_needed: needed },
    };
  },
};

function count(n: number): string {
  return n.toLocaleString('en-US');
}
