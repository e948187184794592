import type { Check } from '../check.ts';

export const unusedMapping: Check = {
  code: 'D062',
  name: 'unused-mapping',
  severity: 'warning',
  raisedBy: ['dataset/formats/decide-format.ts'],
  title: 'A mapped field is in none of the first rows.',
  prose:
    'The format mapping names a field that none of the sampled rows has. Rows can do without it (it is a system text, an input, a history or a list of tools), but a misspelt name would lose that part of every row.',
  hint: 'correct the name in the mapping, or remove it',
  bad: [],
  good: [],
};
