import { has } from '../../text/char-flags.ts';
import { featuresOf, type Piece, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Characters that never have a meaning here: zero-width space, word joiner, byte-order mark, soft hyphen.
const needless = /[\u200b\u2060\ufeff\u00ad]/g;
// Marks that change the order in which text is shown.
const reordering = /[\u202a-\u202e\u2066-\u2069]/;
// Joiners and direction marks between Latin letters have no effect.
const misplaced = /(?<=[A-Za-z])(?:\u200c|\u200d|\u200e|\u200f)(?=[A-Za-z])/;

export const invisibleCharacter: Check = {
  code: 'D128',
  name: 'invisible-character',
  severity: 'note',
  group: 'content',
  saidBy: { code: 'D124', within: 8 },
  title: 'The text holds a character that is invisible.',
  prose:
    'A zero-width space, a byte-order mark, a soft hyphen or a mark that turns the direction of writing is in the text. It comes from web pages and editors, splits words for the tokenizer, and hides from readers. The fix removes those that mean nothing, and keeps marks that scripts need (joiners in Persian or Hindi, zero-width spaces in Thai or Khmer).',
  hint: 'remove the character',
  bad: [
    { text: '{"instruction":"Name a colour.","input":"","output":"Bl\\u200bue."}', pointer: '/output' },
    { text: '{"instruction":"\\ufeffName a colour.","input":"","output":"Blue."}', pointer: '/instruction' },
  ],
  good: [
    '{"instruction":"Name a colour.","input":"","output":"Blue 👩\u200d🎨."}',
    '{"instruction":"می\u200cخواهم","input":"","output":"خوب"}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.invisible) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & has.invisible) === 0) continue;
      const { text } = piece;
      const at = text.search(needless);
      // Scripts without spaces mark word ends with U+200B.
      if (at >= 0 && (piece.flags & has.otherScript) === 0) {
        report(
          spotIn(piece, at),
          `The text holds ${nameAt(text, at)}, which is invisible.`,
          fixOf(piece, at),
        );
        continue;
      }
      const other = at >= 0 ? -1 : Math.max(text.search(reordering), text.search(misplaced));
      if (other >= 0)
        report(spotIn(piece, other), `The text holds ${nameAt(text, other)}, which is invisible.`);
    }
  },
};

function fixOf(piece: Piece, first: number) {
  if (!piece.exact) return {};
  const { text, offset } = piece;
  let last = first;
  for (const { index } of text.matchAll(needless)) last = index;
  const from = offset + first;
  return { fix: { from, to: offset + last + 1, text: text.slice(first, last + 1).replace(needless, '') } };
}

function nameAt(text: string, at: number): string {
  return `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;
}
