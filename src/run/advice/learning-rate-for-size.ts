import { isAdam, largeBase, usualRate, writeRate } from './learning-rate.ts';
import type { AdviceRule } from './rule.ts';

export const learningRateForSize: AdviceRule = {
  code: 'A003',
  name: 'learning-rate-for-size',
  severity: 'note',
  title: 'For a 4-bit base of 33B or more, the learning rate is above the recipe.',
  prose:
    'The authors of QLoRA searched on 7B and 13B and trained those at 2e-4; for 33B and 65B they halved the rate. The default of lorch, 2e-4, is the one for the smaller models.',
  threshold: 'Above 1e-4 on a 4-bit base of about 33B parameters or more, and not high enough for A002.',
  source: 'Dettmers et al., QLoRA (arXiv 2305.14314), and the scripts of its repository.',
  check(facts) {
    const { learningRate, optimizer, bits, baseParameters } = facts;
    // "33B" of Llama is 32.5 billion.
    if (bits !== 4 || baseParameters === null || baseParameters < 0.95 * largeBase) return null;
    if (!isAdam(optimizer) || learningRate <= 1e-4 || learningRate > 1e-3) return null;
    return {
      message: `QLoRA trained models from 33B at 1.0e-4; this run takes ${writeRate(learningRate)} for ${(baseParameters / 1e9).toFixed(0)}B`,
      hint: `training.learning_rate: ${writeRate(usualRate(facts))}`,
      data: { learning_rate: learningRate, usual: usualRate(facts), base_parameters: baseParameters },
    };
  },
};
