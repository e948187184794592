import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import { findMojibake } from '../../text/mojibake.ts';
import type { Check } from '../check.ts';

export const mojibake: Check = {
  code: 'D124',
  name: 'mojibake',
  severity: 'warning',
  group: 'content',
  title: 'The text was read with the wrong encoding.',
  prose:
    'Characters such as `Ã©` or `â€™` are in place of é or ’: UTF-8 was read as Windows-1252 or Latin-1, once or several times. The characters decode back without a remainder, so the fix is certain.',
  hint: 'export the text again as UTF-8, or take the fix',
  bad: [
    { text: '{"instruction":"Name a drink.","input":"","output":"A cafÃ© au lait."}', pointer: '/output' },
    {
      text: '{"instruction":"Name a drink.","input":"","output":"It\\u00e2\\u20ac\\u2122s tea."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name a drink.","input":"","output":"Un café, s’il vous plaît."}',
    '{"instruction":"Diga não.","input":"","output":"NÃO, obrigado. É «CAFÉ»."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.latinExtended) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & has.latinExtended) === 0) continue;
      const found = findMojibake(piece.text);
      if (!found) continue;
      const { from, to, text } = found;
      const fix = { from: piece.offset + from, to: piece.offset + to, text };
      report(
        spotIn(piece, from),
        `${JSON.stringify(piece.text.slice(from, Math.min(to, from + 12)))} was read with the wrong encoding; it was ${JSON.stringify(text.slice(0, 12))}.`,
        piece.exact ? { fix } : {},
      );
    }
  },
};
