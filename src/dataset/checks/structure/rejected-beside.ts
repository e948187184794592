import type { Check } from '../check.ts';

export const rejectedBeside: Check = {
  code: 'D067',
  name: 'rejected-beside',
  severity: 'error',
  raisedBy: ['dataset/formats/fields.ts', 'dataset/formats/mapping.ts'],
  title: 'The row has a rejected answer beside the one that would be trained.',
  prose:
    'The row is a preference pair, but it was read as a conversation with one answer: its file has another format, or the format was named. Training on one answer of a pair is not what the data is for, so you have to ask for it. If all rows of a file are such pairs, lorch reads it as format preference by itself.',
  hint: 'read the file with --format preference, or remove the rejected answers; to train on the other answer alone, switch the check off: D067: off',
  bad: [
    {
      text: '{"instruction":"Name a colour.","output":"Blue.","rejected_response":"Seven."}',
      pointer: '/rejected_response',
      format: 'alpaca',
    },
  ],
  good: [
    '{"instruction":"Name a colour.","output":"Blue.","rejected_response":null}',
    '{"instruction":"Name a colour.","output":"Blue.","rejected_response":"Seven."}',
  ],
};
