import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countEvaluations } from '../../src/model/evaluations.ts';

interface Case {
  training: Record<string, unknown>;
  per_epoch: number;
  total: number;
  evaluations: number;
}

// test/trainer/test_evaluation_count.py holds the same cases against transformers' own callback.
const cases = JSON.parse(
  readFileSync(new URL('../fixtures/config/evaluations.json', import.meta.url), 'utf8'),
) as Case[];

describe('the number of evaluations', () => {
  it.each(cases)('%o', ({ training, evaluations, ...steps }) => {
    expect(countEvaluations(training, steps)).toBe(evaluations);
  });
});
