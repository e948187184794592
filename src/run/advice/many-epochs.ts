import type { AdviceRule } from './rule.ts';

const [most, manyRows] = [3, 10_000];

export const manyEpochs: AdviceRule = {
  code: 'A010',
  name: 'many-epochs',
  severity: 'note',
  title: 'Few rows are seen many times.',
  prose:
    'A small dataset that is seen again and again is memorised: the training loss falls on while the validation loss rises. Guides advise one to three epochs. Keep the best checkpoint by validation loss, if you want to see for yourself.',
  threshold:
    'More than 3 epochs over fewer than 10,000 rows; or epochs × weight above 3 for a source of fewer than 10,000 rows with a weight above 1.',
  source: 'Unsloth’s hyper-parameter guide (1 to 3 epochs). The number of rows is lorch’s choice.',
  check({ steps, rows, sources }) {
    const epochs = steps.total / steps.perEpoch;
    const repeated = sources
      .filter((source) => source.weight > 1 && source.weight * epochs > most && source.rows < manyRows)
      .sort((a, b) => b.weight - a.weight)[0];
    if (repeated) {
      const passes = repeated.weight * epochs;
      return {
        message: `${Number(passes.toPrecision(3))} passes over the ${repeated.rows.toLocaleString('en-US')} rows of ${repeated.path} (weight ${repeated.weight}) make the model memorise them`,
        hint: `a lower ${repeated.setting}.weight, or fewer epochs`,
        data: { epochs, passes, rows: repeated.rows, setting: repeated.setting },
      };
    }
    if (epochs <= most || rows.train >= manyRows) return null;
    return {
      message: `${Number(epochs.toPrecision(3))} epochs over ${rows.train.toLocaleString('en-US')} rows make the model memorise them`,
      hint: 'training.num_train_epochs: 3, or fewer',
      data: { epochs, rows: rows.train },
    };
  },
};
