import type { Check } from '../check.ts';

const header = 'instruction,input,output';

export const cellCount: Check = {
  code: 'D053',
  name: 'cell-count',
  severity: 'error',
  raisedBy: ['dataset/readers/csv-rows.ts', 'dataset/readers/wrapped.ts'],
  title: 'A CSV record has more or fewer cells than the header.',
  prose: [
    'With a cell too many or too few it is not clear which value belongs to which column, so lorch does not guess the row. The usual cause is a comma or a line break in a text without quotes.',
    'The place is the first cell too many, or the end of the record if cells are missing.',
  ].join('\n\n'),
  hint: 'put texts with commas, quotes or line breaks in double quotes',
  fatal: true,
  bad: [
    {
      text: [header, 'Name a colour.,,Blue.', 'Name a fruit, please.,,Plum.', 'Name a tree.,,Oak.'].join(
        '\n',
      ),
      file: 'rows.csv',
    },
    { text: [header, 'Name a colour.,,Blue.', 'Name a fruit.'].join('\n'), file: 'rows.csv' },
  ],
  good: [[header, 'Name a colour.,,Blue.', '"Name a fruit, please.",,Plum.'].join('\n')],
};
