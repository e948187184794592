import type { Check } from '../check.ts';

export const columnTurns: Check = {
  code: 'D222',
  name: 'column-turns',
  severity: 'note',
  raisedBy: ['dataset/readers/change-rows.ts'],
  title: 'The turns of a row are stored as columns, and are read as turns.',
  prose:
    'Some libraries store a list of turns as one object of lists: `{"from": ["human", "gpt"], "value": ["Hi", "Hello."]}`. lorch puts the turns together again.',
  hint: 'write a list of turns',
  oncePerFile: true,
  bad: [
    {
      text: '{"conversations":{"from":["human","gpt"],"value":["Name a colour.","Blue."]}}',
      file: 'rows.jsonl',
    },
  ],
  good: ['{"conversations":[{"from":"human","value":"Name a colour."},{"from":"gpt","value":"Blue."}]}'],
};
