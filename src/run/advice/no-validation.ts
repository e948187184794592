import type { AdviceRule } from './rule.ts';

export const noValidation: AdviceRule = {
  code: 'A015',
  name: 'no-validation',
  severity: 'note',
  title: 'Nothing is held out.',
  prose:
    'Without rows that are not trained on, the training loss is all there is, and it falls whether the model learns or memorises. A validation loss shows when to stop, picks the best checkpoint, and makes runs comparable. One row in ten or twenty is enough.',
  threshold: 'The config has no dataset.validation.',
  source: 'Common practice; no measurement of lorch’s own.',
  check({ validates, rows }) {
    if (validates || rows.validation > 0) return null;
    return {
      message: 'the run holds out no rows, so nothing will show whether the model learns or memorises',
      hint: 'dataset.validation: { fraction: 0.05, seed: 42 }',
      data: { train_rows: rows.train },
    };
  },
};
