import { eachText } from '../../content.ts';
import type { Check } from '../check.ts';

export const replacementCharacter: Check = {
  code: 'D036',
  name: 'replacement-character',
  severity: 'warning',
  title: 'The text holds a replacement character.',
  prose:
    'A decoder writes U+FFFD in place of bytes that it cannot read: a character was lost before this file was written, and the model would learn the damage.',
  hint: 'export the text again with the right encoding',
  bothSides: true,
  bad: [{ text: '{"instruction":"Name a colour.","input":"","output":"Bl\\ufffde"}', pointer: '/output' }],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blüe"}'],
  run(example, report) {
    eachText(
      example,
      (text) => text.indexOf('\ufffd'),
      (spot) => report(spot, 'The text holds a replacement character (U+FFFD).'),
    );
  },
};
