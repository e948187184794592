import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Cyrillic and Greek letters that look like Latin ones, between or beside Latin letters of the same word.
const lookalike = 'аеорсухіјѕԁӏԛԝАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧο';
const mixed = new RegExp(
  `[A-Za-z]{2}[${lookalike}]|[${lookalike}][A-Za-z]{2}|[A-Za-z][${lookalike}][A-Za-z]`,
);
const foreign = new RegExp(`(?![${lookalike}])[\\u0370-\\u052f]`);

export const homoglyph: Check = {
  code: 'D131',
  name: 'homoglyph',
  severity: 'warning',
  group: 'content',
  title: 'A Latin word holds a letter of another alphabet.',
  prose:
    'A Cyrillic or Greek letter that looks like a Latin one is inside a Latin word, or the other way round: `раypal` with a Cyrillic а. Readers do not see it, the tokenizer sees another word. People write such letters to avoid filters, or by accident with the wrong keyboard layout.',
  hint: 'write the word in one alphabet',
  bad: [
    {
      text: '{"instruction":"Name a colour.","input":"","output":"Yell\\u043ew and blue."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name a colour.","input":"","output":"Синий, по-английски blue."}',
    '{"instruction":"Name a sign.","input":"","output":"Δx is small, and SMSка is a message."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & (has.cyrillic | has.greek)) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & (has.cyrillic | has.greek)) === 0 || (piece.flags & has.latin) === 0) continue;
      const found = mixed.exec(piece.text);
      if (!found) continue;
      const word = wordAt(piece.text, found.index);
      if (foreign.test(word)) continue;
      report(spotIn(piece, found.index), `${JSON.stringify(word)} mixes letters of two alphabets.`);
    }
  },
};

function wordAt(text: string, at: number): string {
  const before = /[\p{L}\p{N}]*$/u.exec(text.slice(Math.max(0, at - 40), at))?.[0] ?? '';
  const after = /^[\p{L}\p{N}]*/u.exec(text.slice(at, at + 40))?.[0] ?? '';
  return before + after;
}
