import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

export const carriageReturn: Check = {
  code: 'D110',
  name: 'carriage-return',
  severity: 'warning',
  group: 'content',
  title: 'The text holds carriage returns.',
  prose:
    'Lines inside the text end with `\\r\\n` or `\\r`, as Windows and old systems write them. Tokenizers see other tokens than for `\\n`, and the model learns to print them. The fix writes `\\n`.',
  hint: 'end lines with \\n',
  bad: [
    { text: '{"instruction":"Name two colours.","input":"","output":"Red\\r\\nBlue"}', pointer: '/output' },
    {
      text: '{"messages":[{"role":"user","content":"Name\\r\\nthree"},{"role":"assistant","content":"One, two, three."}]}',
      pointer: '/messages/0/content',
    },
  ],
  good: ['{"instruction":"Name two colours.","input":"","output":"Red\\nBlue"}'],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.return) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & has.return) === 0) continue;
      const from = piece.text.indexOf('\r');
      const last = piece.text.lastIndexOf('\r') + 1;
      const to = piece.text[last] === '\n' ? last + 1 : last;
      const text = piece.text.slice(from, to).replace(/\r\n?/g, '\n');
      report(
        spotIn(piece, from),
        'The text holds carriage returns.',
        piece.exact ? { fix: { from: piece.offset + from, to: piece.offset + to, text } } : {},
      );
    }
  },
};
