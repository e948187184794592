import type { Check } from '../check.ts';

export const rowsInside: Check = {
  code: 'D210',
  name: 'rows-inside',
  severity: 'note',
  raisedBy: ['dataset/readers/wrapped.ts'],
  title: 'The rows are inside one JSON object, and are read from there.',
  prose:
    'Many tools write a dataset as one object: a list under a key such as `data`, an object of rows by their ids, an object of columns, or what the viewer of the hub returns. The message says where the rows were found. lorch does not read the rest of the object.',
  hint: 'lorch data convert FILE --to chatml -o rows.jsonl writes one row on each line',
  oncePerFile: true,
  bad: [
    {
      text: '{"version":"1.0","data":[{"instruction":"Name a colour.","output":"Blue."},{"instruction":"Name a fruit.","output":"Plum."}]}',
      file: 'rows.json',
    },
    {
      text: '{"a":{"instruction":"Name a colour.","output":"Blue."},"b":{"instruction":"Name a fruit.","output":"Plum."}}',
      file: 'rows.json',
    },
    {
      text: '{"instruction":["Name a colour.","Name a fruit."],"output":["Blue.","Plum."]}',
      file: 'rows.json',
    },
  ],
  good: [
    '{"instruction":"Name a colour.","output":"Blue."}\n{"instruction":"Name a fruit.","output":"Plum."}',
  ],
};
