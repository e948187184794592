import type { AdviceRule } from './rule.ts';

const mostShare = 0.5;

export const paddingWaste: AdviceRule = {
  code: 'A018',
  name: 'padding-waste',
  severity: 'note',
  title: 'Most positions of a batch are padding.',
  prose:
    'Rows of a batch are padded to the longest of them. If lengths differ much, most positions are padding that is computed anyway. Packing joins rows to full sequences; grouping by length puts rows of similar length in one batch. torchtune measured +238 % speed by packing on short rows. The share is the one expected of batches drawn at random.',
  threshold:
    'Batches of more than one row, neither packed nor grouped by length, of which more than half is padding.',
  source: 'torchtune’s performance ladder (full fine-tuning, short rows). The share is lorch’s choice.',
  check({ padding, deviceBatch }) {
    if (padding === null || padding <= mostShare) return null;
    return {
      message: `about ${Math.round(100 * padding)} % of each batch of ${deviceBatch} rows will be padding`,
      hint: 'training.train_sampling_strategy: group_by_length, or packing: true with per_device_train_batch_size: 1',
      data: { padding },
    };
  },
};
