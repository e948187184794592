import { eachText } from '../../content.ts';
import type { Check } from '../check.ts';

export const nulCharacter: Check = {
  code: 'D035',
  name: 'nul-character',
  severity: 'warning',
  title: 'The text holds a NUL character.',
  prose:
    'U+0000 means nothing in text. It comes from binary data or a wrong encoding, and many tools cut the text there.',
  hint: 'remove the character',
  bothSides: true,
  bad: [{ text: '{"instruction":"Name a colour.","input":"","output":"Blue\\u0000"}', pointer: '/output' }],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blue\\nor green."}'],
  run(example, report) {
    eachText(
      example,
      (text) => text.indexOf('\0'),
      (spot) => report(spot, 'The text holds a NUL character (U+0000).'),
    );
  },
};
