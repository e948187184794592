import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import { findMojibake } from '../../text/mojibake.ts';
import type { Check } from '../check.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: this check searches for them
const control = /[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

export const controlCharacter: Check = {
  code: 'D125',
  name: 'control-character',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D124', within: 8 },
  title: 'The text holds a control character.',
  prose:
    'The text has a character that no keyboard writes: a form feed, a backspace, an escape of terminal colours, or a byte of a wrong encoding. It comes from PDF files, terminals and broken exports. Tabs and line breaks are fine; NUL is D035.',
  hint: 'remove the character, or export the text again',
  bad: [{ text: '{"instruction":"Name a colour.","input":"","output":"Blue\\u0008."}', pointer: '/output' }],
  good: ['{"instruction":"Name a colour.","input":"","output":"Blue\\tand\\ngreen."}'],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.control) === 0) return;
    for (const piece of pieces) {
      const found = (piece.flags & has.control) === 0 ? null : control.exec(piece.text);
      if (!found) continue;
      // D124 reports bytes of a wrong encoding.
      const code = found[0].charCodeAt(0);
      if (code >= 0x80 && findMojibake(piece.text)) continue;
      const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      report(spotIn(piece, found.index), `The text holds the control character ${name}.`, {
        data: { character: name },
      });
    }
  },
};
