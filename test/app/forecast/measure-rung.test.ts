import { expect, it } from 'vitest';
import { rungTraining } from '../../../src/app/forecast/measure-rung.ts';

it('takes steps for a calibration without evaluations, and so without what needs them', () => {
  const training = {
    eval_strategy: 'epoch',
    load_best_model_at_end: true,
    early_stopping_patience: 3,
    early_stopping_threshold: 0,
  };
  expect(rungTraining(training, { batch: 2, sequenceTokens: 64 })).toMatchObject({
    eval_strategy: 'no',
    load_best_model_at_end: false,
    early_stopping_patience: null,
    early_stopping_threshold: null,
  });
});
