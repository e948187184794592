import { textOf } from '../../content.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

export const outerSpace: Check = {
  code: 'D109',
  name: 'outer-space',
  severity: 'note',
  group: 'content',
  title: 'The answer begins or ends with white space.',
  prose:
    'Spaces or line breaks are before or after the answer. They are trained on: a leading space changes the first token, a trailing line break delays the end of the turn. If only some rows have them, the model learns to add them at random. The fix trims; the indentation of a first line of code stays.',
  hint: 'trim the answers',
  bad: [
    { text: '{"instruction":"Name a colour.","input":"","output":"Blue.\\n"}', pointer: '/output' },
    { text: '{"instruction":"Name a colour.","input":"","output":" Blue."}', pointer: '/output' },
  ],
  good: [
    '{"instruction":"Name a colour.","input":"","output":"Blue."}',
    '{"instruction":"Complete the function body.","input":"def f(x):","output":"    y = x + 1\\n    return y"}',
  ],
  run(example, report) {
    for (let i = 0; i < example.messages.length; i += 1) {
      const message = example.messages[i];
      if (message?.role !== 'assistant' || message.train === false) continue;
      const text = textOf(message.content);
      if (text === null || text === '' || !(isSpace(text, 0) || isSpace(text, text.length - 1))) continue;
      const end = text.trimEnd().length;
      const start = contentStart(text);
      // Another check reports blank answers.
      if (end === 0 || (start === 0 && end === text.length)) continue;
      const atStart = start > 0;
      const fix = { from: atStart ? 0 : end, to: text.length, text: text.slice(start, end) };
      const trailing = { from: end, to: text.length, text: '' };
      report(
        { message: i, field: 'content', inside: atStart ? 0 : end },
        `The answer ${atStart ? (end < text.length ? 'begins and ends' : 'begins') : 'ends'} with white space.`,
        typeof message.content === 'string' ? { fix: atStart ? fix : trailing } : {},
      );
    }
  },
};

// Where the answer starts: after blank lines, and after spaces that are not the indentation of several lines.
function contentStart(text: string): number {
  const start = text.length - text.trimStart().length;
  if (start === 0 || text[start - 1] === '\u3000') return 0;
  const line = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', start);
  const indented = next >= 0 && /^[ \t]/.test(text.slice(next + 1, next + 2));
  return line < start && indented ? line : start;
}

function isSpace(text: string, at: number): boolean {
  const code = unitAt(text, at);
  return code <= 32 || code === 0xa0 || code === 0x3000 || code === 0xfeff;
}
