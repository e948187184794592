import type { Check } from '../check.ts';

export const truncatedCell: Check = {
  code: 'D219',
  name: 'truncated-cell',
  severity: 'error',
  raisedBy: ['dataset/readers/wrapped.ts'],
  title: 'The viewer of the hub cut off a value of the row.',
  prose:
    'The dataset viewer returns rows for display: it cuts long values, and `truncated_cells` names them. Training on half a text teaches the model to stop in the middle.',
  hint: 'download the file of the dataset itself, for example as hf://datasets/user/name',
  fatal: true,
  bad: [],
  good: [],
};
