import type { Check } from '../check.ts';

export const dividedConversation: Check = {
  code: 'D171',
  name: 'divided-conversation',
  severity: 'warning',
  raisedBy: ['dataset/groups/split-watch.ts'],
  group: 'consistency',
  foundBy: 'lorch data split DATASET',
  title: 'A row continues a conversation that is on the other side of the split.',
  prose:
    'The messages of one row are the beginning of another row, and one of them is in the training data and the other in the validation data: the model has seen answers that the validation measures. Logs that save a conversation after each turn make such rows. The search is exact. `group_by: growing` keeps rows that continue each other on one side.',
  hint: 'dataset.validation.group_by: growing, or `lorch data split --group-by growing`; with files of your own, keep each conversation in one of them',
  bad: [],
  good: [],
};
