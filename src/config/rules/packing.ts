import type { Rule } from './rule.ts';

/** Packing fills sequences of max_length tokens. */
export const packingRule: Rule = {
  needs: ['training', 'dataset'],
  check({ training, dataset }, report) {
    const packs = training.packing || training.eval_packing === true;
    if (packs && training.max_length === 'none')
      report(
        'training.max_length',
        'packing fills sequences of max_length tokens, so it needs a number',
        'max_length: 2048',
      );
    if (!packs && training.packing_strategy !== undefined)
      report(
        'training.packing_strategy',
        'packing_strategy is used with packing: true only',
        undefined,
        'C018',
      );
    if (training.eval_packing !== undefined && dataset.validation === undefined)
      report('training.eval_packing', 'there are no validation rows to pack', undefined, 'C018');
    if (training.packing && training.train_sampling_strategy === 'group_by_length')
      report(
        'training.train_sampling_strategy',
        'packed sequences are of one length already',
        undefined,
        'C018',
      );
    if ((training.packing || training.padding_free) && training.pad_to_multiple_of !== undefined)
      report('training.pad_to_multiple_of', 'joined rows are not padded', 'leave pad_to_multiple_of out');
  },
};
