import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Excludes spaces that typography requires: before French punctuation and units, inside numbers, after an opening quote.
const odd = /(?<![«‹\d])[\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f](?![:;!?»›%€$£°\d—–])/;

export const unusualSpace: Check = {
  code: 'D129',
  name: 'unusual-space',
  severity: 'note',
  group: 'content',
  saidBy: { code: 'D124', within: 8 },
  title: 'The text holds an unusual space.',
  prose:
    'A no-break space, a thin space or a line separator is in place of an ordinary space or line break. Tokenizers treat it as another word. The check skips it before French punctuation, before units and inside numbers.',
  hint: 'write an ordinary space',
  bad: [
    { text: '{"instruction":"Name a colour.","input":"","output":"Dark\\u00a0blue."}', pointer: '/output' },
  ],
  good: [
    '{"instruction":"Dis bonjour.","input":"","output":"Bonjour\u00a0! «\u00a0Ça va\u00a0»\u00a0?"}',
    '{"instruction":"How far is it?","input":"","output":"10\u00a0km"}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.oddSpace) === 0) return;
    for (const piece of pieces) {
      const found = (piece.flags & has.oddSpace) === 0 ? null : odd.exec(piece.text);
      if (!found) continue;
      const name = `U+${found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
      report(spotIn(piece, found.index), `The text holds the unusual space ${name}.`, {
        data: { character: name },
      });
    }
  },
};
