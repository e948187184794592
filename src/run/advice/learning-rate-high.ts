import { isAdam, rateForHidden, usualRate, writeRate } from './learning-rate.ts';
import type { AdviceRule } from './rule.ts';

const highest = 1e-3;

export const learningRateHigh: AdviceRule = {
  code: 'A002',
  name: 'learning-rate-high',
  severity: 'warning',
  title: 'The learning rate is high for a model of this size.',
  prose:
    'The recipes that lorch knows for LoRA use 1e-4 to 3e-4 on models of 7B to 65B; far above that, training becomes unstable. The fitted rate grows as the hidden size shrinks, so the limit grows with it. For models far below 1B that is an extrapolation.',
  threshold:
    'Above 1e-3, or above twice 5e-4·(2000/hidden)^0.781 if that is more, with an optimizer like Adam.',
  source:
    'The fit is Tinker’s for Llama (tinker-cookbook, hyperparam_utils); recipes: QLoRA (arXiv 2305.14314), Unsloth’s hyper-parameter guide. The limit itself is lorch’s choice.',
  check(facts) {
    const { learningRate, optimizer, hidden } = facts;
    const limit = Math.max(highest, hidden ? 2 * rateForHidden(hidden) : 0);
    if (!isAdam(optimizer) || learningRate <= limit) return null;
    const usual = usualRate(facts);
    return {
      message: `a learning rate of ${writeRate(learningRate)} is high: for a base of this size it should stay below ${limit.toPrecision(2)}`,
      hint: `training.learning_rate: ${writeRate(usual)}, or a sweep around it`,
      data: { learning_rate: learningRate, limit, usual },
    };
  },
};
