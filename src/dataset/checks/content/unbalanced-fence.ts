import { has } from '../../text/char-flags.ts';
import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const fence = /(?:^|\n)[ \t>]*(?:[-*+]|\d{1,3}[.)])?[ \t]*(`{3,}|~{3,})([^\n`]*)/g;

export const unbalancedFence: Check = {
  code: 'D111',
  name: 'unbalanced-fence',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D123' },
  title: 'A code fence is opened and not closed.',
  prose:
    'The answer has a line with ``` that opens a block of code, and none that closes it: it was cut off, or the closing line was lost. All text after it would be shown as code, and the model learns to leave fences open.',
  hint: 'close the fence, or complete the answer',
  bad: [
    {
      text: '{"instruction":"Print one in Python.","input":"","output":"Like this:\\n```python\\nprint(1)"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Print one in Python.","input":"","output":"```python\\nprint(1)\\n```"}',
    '{"instruction":"How does a code fence start?","input":"","output":"With three backticks: ```"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { text } = answer;
      if ((answer.flags & has.backtick) === 0 && !text.includes('~~~')) continue;
      if (!text.includes('```') && !text.includes('~~~')) continue;
      const open = openFence(text);
      if (open >= 0) report(spotOf(answer, open), 'The code fence is not closed.');
    }
  },
};

// Where the unclosed fence is; -1 for none. As in CommonMark, a closing fence has no info string and is at least as long.
function openFence(text: string): number {
  let open = '';
  let at = -1;
  for (const { index, 0: all, 1: marks = '', 2: info = '' } of text.matchAll(fence)) {
    if (open === '') {
      open = marks;
      at = index + all.indexOf(marks);
    } else if (marks[0] === open[0] && marks.length >= open.length && info.trim() === '') open = '';
  }
  if (open === '') return -1;
  // Closed after text on the same line, which is unusual but valid.
  return text.indexOf(open, at + open.length) >= 0 ? -1 : at;
}
