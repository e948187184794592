import type { AdviceRule } from './rule.ts';

const [most, manyRows] = [3, 10_000];

export const manyEpochs: AdviceRule = {
  code: 'A010',
  name: 'many-epochs',
  severity: 'note',
  title: 'Few rows are seen many times.',
  prose:
    'A small dataset that is seen again and again is learnt by heart: the training loss falls on while the validation loss rises. Guides advise one to three epochs. Keep the best checkpoint by validation loss, if you want to see for yourself.',
  threshold: 'More than 3 epochs over fewer than 10,000 rows.',
  source: 'Unsloth’s hyper-parameter guide (1 to 3 epochs). The number of rows is lorch’s choice.',
  check({ steps, rows }) {
    const epochs = steps.total / steps.perEpoch;
    if (epochs <= most || rows.train >= manyRows) return null;
    return {
      message: `${Number(epochs.toPrecision(3))} epochs over ${rows.train.toLocaleString('en-US')} rows teach them by heart`,
      hint: 'training.num_train_epochs: 3, or fewer',
      data: { epochs, rows: rows.train },
    };
  },
};
