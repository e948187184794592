import type { Check } from '../check.ts';

export const pythonNotation: Check = {
  code: 'D213',
  name: 'python-notation',
  severity: 'note',
  raisedBy: ['dataset/readers/change-rows.ts', 'dataset/readers/csv-rows.ts'],
  title: "The rows are in Python's notation, not in JSON.",
  prose:
    '`str()`, `print` and pandas write lists and dicts with single quotes, `True` and `None`. If all rows of a file or all lists of a column are written in this way, lorch reads them as Python would. A single such row among JSON is an error (D001). `nan`, sets, bytes and objects are not read.',
  hint: 'write JSON: json.dumps(row) in Python, or lorch data convert FILE --to chatml -o rows.jsonl',
  oncePerFile: true,
  bad: [
    {
      text: "{'instruction': 'Name a colour.', 'output': 'Blue.'}\n{'instruction': 'Name a fruit.', 'output': 'Plum.'}",
      file: 'rows.jsonl',
    },
    {
      text: "messages\n\"[{'role': 'user', 'content': 'Name a colour.'}, {'role': 'assistant', 'content': 'Blue.'}]\"",
      file: 'rows.csv',
    },
  ],
  good: ['{"instruction":"Name a colour.","output":"Blue."}'],
};
