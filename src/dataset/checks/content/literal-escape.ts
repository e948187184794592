import { has } from '../../text/char-flags.ts';
import { answersOf, asksForCode, featuresOf, looksLikeCode, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

// \n before a capital, a digit, another escape or the end; \" ; \u00e9. Excludes LaTeX commands and paths.
const escaped =
  /(?<![\\\w:])\\[nrt](?=[A-Z0-9\s"'\\*•-]|$)|(?<=[a-z.,;:!?)"'])\\n(?=[A-Z0-9\s"'\\*•-]|$)|\\u00[89a-f][0-9a-f]\b|\\u20[01][0-9a-f]|\\"(?=[\w\s])/;
const aboutEscapes = /escape|newline|line break|backslash|regex|latex|equation|path|\\/;

export const literalEscape: Check = {
  code: 'D126',
  name: 'literal-escape',
  severity: 'warning',
  group: 'content',
  title: 'The text has an escape written as characters.',
  prose:
    'The text shows `\\n`, `\\"` or `\\u00e9` instead of a line break, a quote or é: it was escaped once too often on its way through JSON or CSV. The check skips code, LaTeX, and prompts about escapes.',
  hint: 'unescape the text when the dataset is built',
  bad: [
    {
      text: '{"instruction":"Name two colours.","input":"","output":"Red.\\\\nBlue."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Name a drink.","input":"","output":"A caf\\\\u00e9 au lait."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name two colours.","input":"","output":"Red.\\nBlue."}',
    '{"instruction":"Write the sum as LaTeX.","input":"","output":"$\\\\nu + \\\\text{x} \\\\neq 0$"}',
    '{"instruction":"How is a line break written in a C string?","input":"","output":"As \\\\n."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.backslash) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & has.backslash) === 0 || piece.field === 'tool_calls') continue;
      if (piece.role === 'tool' || piece.role === 'system') continue;
      const found = escaped.exec(piece.text);
      if (!found || looksLikeCode(piece.text) || /\$|\\[a-z]{3,}\{|\\\(/.test(piece.text)) continue;
      const prompt = answersOf(example).find(({ message }) => message >= piece.message)?.promptLower ?? '';
      if (asksForCode(prompt) || (piece.role !== 'user' && aboutEscapes.test(prompt))) continue;
      if (piece.role === 'user' && aboutEscapes.test(prompt.replaceAll('\\', ''))) continue;
      report(spotIn(piece, found.index), `The text holds ${found[0]} as characters.`);
    }
  },
};
