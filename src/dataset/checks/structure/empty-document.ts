import { documentOf } from '../../example.ts';
import type { Check } from '../check.ts';

export const emptyDocument: Check = {
  code: 'D065',
  name: 'empty-document',
  severity: 'error',
  title: 'The text has no content.',
  prose:
    'A row of the format text is empty or contains only white space. The model would learn to end a document at once.',
  hint: 'fill the text, or drop the row with dataset.on_error: drop',
  bad: [{ text: '{"text":" \\n"}', pointer: '/text', format: 'text' }],
  good: [],
  run(example, report) {
    if (documentOf(example)?.trim() === '')
      report({ message: 0, field: 'content' }, 'The text has no content.');
  },
};
