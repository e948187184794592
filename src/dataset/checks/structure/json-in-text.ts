import type { Check } from '../check.ts';

export const jsonInText: Check = {
  code: 'D214',
  name: 'json-in-text',
  severity: 'note',
  raisedBy: ['dataset/readers/change-rows.ts'],
  title: 'Rows or lists of turns are JSON inside a text, and are read as JSON.',
  prose:
    'A row or a list that went through `json.dumps` twice is a string that holds JSON. Databases and Parquet files often hold lists of turns in this form. The message says what was read. Answers that are JSON stay text.',
  hint: 'write the value itself, not its text',
  oncePerFile: true,
  bad: [
    {
      text: '"{\\"instruction\\":\\"Name a colour.\\",\\"output\\":\\"Blue.\\"}"',
      file: 'rows.jsonl',
    },
    {
      text: '{"messages":"[{\\"role\\":\\"user\\",\\"content\\":\\"Name a colour.\\"},{\\"role\\":\\"assistant\\",\\"content\\":\\"Blue.\\"}]"}',
      file: 'rows.jsonl',
    },
  ],
  good: ['{"instruction":"Give me an empty JSON list.","output":"[]"}'],
};
