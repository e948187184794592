import type { Check } from '../check.ts';

export const benchmarkLeak: Check = {
  code: 'D164',
  name: 'benchmark-leak',
  severity: 'error',
  raisedBy: ['dataset/duplicates/near-findings.ts'],
  group: 'consistency',
  foundBy: 'lorch data dedup DATASET --against FILE',
  title: 'The row is a near-duplicate of a benchmark row.',
  prose:
    'If a model has seen the questions of a benchmark, its result means nothing. Benchmark files can have any shape. If their answers are written in another way than yours, compare prompts only: `--key prompt`.',
  hint: 'lorch data dedup TRAIN --against FILE -o OUT',
  bad: [],
  good: [],
};
