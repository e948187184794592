import type { AdviceRule } from './rule.ts';

const fewest = 100;

export const fewSteps: AdviceRule = {
  code: 'A009',
  name: 'few-steps',
  severity: 'note',
  title: 'The run takes few optimizer steps.',
  prose:
    'B starts at zero and the rate warms up, so an adapter’s first steps move little; with fewer than a hundred, schedule and noise decide the result. Smaller batches make more steps of the same rows, at no cost in epochs.',
  threshold: 'Fewer than 100 optimizer steps in all.',
  source:
    'lorch’s choice; that LoRA starts slowly, since B is zero, is in LoRA Without Regret (Thinking Machines, 2025).',
  check({ steps, deviceBatch, accumulation }) {
    if (steps.total >= fewest) return null;
    const batch = deviceBatch * accumulation;
    return {
      message: steps.total === 1 ? 'one optimizer step is little' : `${steps.total} optimizer steps are few`,
      hint:
        batch > 4
          ? `a smaller batch than ${batch} (training.gradient_accumulation_steps) makes more steps of the same rows`
          : 'more rows, or more epochs',
      data: { steps: steps.total, batch },
    };
  },
};
