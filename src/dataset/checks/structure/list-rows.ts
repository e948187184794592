import type { Check } from '../check.ts';

export const listRows: Check = {
  code: 'D221',
  name: 'list-rows',
  severity: 'note',
  raisedBy: ['dataset/readers/change-rows.ts'],
  title: 'The rows are lists, and are read as what the lists hold.',
  prose:
    'A row that is a list of turns is read as `messages` (or `conversations`). A list that holds one object is read as that object. The values of any other list become the fields `0`, `1` and so on, which a mapping can name (docs/formats.md).',
  hint: 'write each row as an object',
  oncePerFile: true,
  bad: [
    {
      text: '[{"role":"user","content":"Name a colour."},{"role":"assistant","content":"Blue."}]\n[{"role":"user","content":"Name a fruit."},{"role":"assistant","content":"Plum."}]',
      file: 'rows.jsonl',
    },
  ],
  good: ['{"instruction":"Name a colour.","output":"Blue."}'],
};
