import type { Check } from '../check.ts';

export const severalLists: Check = {
  code: 'D211',
  name: 'several-lists',
  severity: 'error',
  raisedBy: ['dataset/readers/wrapped.ts', 'dataset/scan/open-rows.ts'],
  title: 'The file holds several lists of rows, and it is not clear which one is meant.',
  prose:
    'An object such as `{"train": […], "test": […]}` holds several splits. Reading all of them would train on the test rows, and taking the first would be a guess, so nothing is read. If the second list begins far from the start of the file, lorch has already read the first, and the error says so. Write each list into a file of its own.',
  hint: 'write the list that is meant into a file of its own',
  fatal: true,
  bad: [
    {
      text: '{"train":[{"instruction":"Name a colour.","output":"Blue."}],"test":[{"instruction":"Name a fruit.","output":"Plum."}]}',
      file: 'rows.json',
    },
  ],
  good: ['{"instruction":"Name a colour.","output":"Blue."}'],
};
