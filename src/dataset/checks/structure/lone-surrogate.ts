import { eachText, someString } from '../../content.ts';
import type { Check } from '../check.ts';

// With the u flag a complete pair is one character, so only halves match.
const half = /\p{Surrogate}/u;

export const loneSurrogate: Check = {
  code: 'D034',
  name: 'lone-surrogate',
  severity: 'error',
  title: 'The text holds half of a character.',
  prose:
    'A UTF-16 surrogate without its partner (an escape such as `\\ud83d` alone) is not a character. It cannot be written as UTF-8, and tokenizers fail on it. Usually a text was cut inside an emoji.',
  hint: 'remove the half character or restore the whole one',
  fatal: true,
  bothSides: true,
  bad: [{ text: '{"instruction":"Name a colour.","input":"","output":"Blue \\ud83d"}', pointer: '/output' }],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blue \\ud83d\\ude00"}'],
  run(example, report) {
    eachText(
      example,
      (text) => (text.isWellFormed() ? -1 : text.search(half)),
      (spot) => report(spot, 'The text holds half of a surrogate pair.'),
    );
    if (someString(example.tools, (text) => !text.isWellFormed()))
      report({ message: -1 }, 'The list of tools holds half of a surrogate pair.');
  },
};
