import { isAdam, usualRate, writeRate } from './learning-rate.ts';
import type { AdviceRule } from './rule.ts';

const lowest = 5e-5;

export const learningRateLow: AdviceRule = {
  code: 'A001',
  name: 'learning-rate-low',
  severity: 'warning',
  title: 'The learning rate is one for full fine-tuning.',
  prose:
    'LoRA needs about ten times the learning rate of full fine-tuning, at any rank. Rates such as 2e-5, the default of TRL, are for full fine-tuning: an adapter learns slowly with them, and the run ends long before it has learnt what it could.',
  threshold: 'Below 5e-5, with an optimizer of Adam’s kind.',
  source:
    'Schulman et al., LoRA Without Regret (Thinking Machines, 2025), and TRL’s guide of the same name; QLoRA (arXiv 2305.14314) used 2e-4, and 1e-4 from 33B.',
  check(facts) {
    const { learningRate, optimizer } = facts;
    if (!isAdam(optimizer) || learningRate >= lowest) return null;
    const usual = usualRate(facts);
    return {
      message: `a learning rate of ${writeRate(learningRate)} is low for an adapter: LoRA wants about ten times the rate of full fine-tuning`,
      hint: `training.learning_rate: ${writeRate(usual)}`,
      data: { learning_rate: learningRate, usual, lowest },
    };
  },
};
