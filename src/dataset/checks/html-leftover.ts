import { answersOf, asksForCode, featuresOf, has, looksLikeCode, spotIn } from '../text/features.ts';
import type { Check } from './check.ts';

const entity = /&(?:amp|lt|gt|quot|nbsp|apos|ndash|mdash|[lr][sd]quo|hellip|#\d{2,5}|#x[0-9a-f]{2,5});/i;
const tag =
  /<\/?(?:br|p|div|span|b|i|u|em|strong|ul|ol|li|h[1-6]|font|center|table|t[rd]|a|img|sup|sub)(?: [^<>]{0,100}=[^<>]{0,100})?\s?\/?>/i;

export const htmlLeftover: Check = {
  code: 'D127',
  name: 'html-leftover',
  severity: 'warning',
  group: 'content',
  title: 'The text holds leftovers of HTML.',
  prose:
    '`&amp;`, `&#39;`, `<br>` or the like stands in text that is neither code nor about HTML: a web page was not turned into text all the way. The model learns to write them.',
  hint: 'turn entities into characters, and tags into line breaks or nothing',
  bad: [
    {
      text: '{"instruction":"Name two colours.","input":"","output":"Red &amp; blue."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Name two colours.","input":"","output":"Red<br>Blue"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name two colours.","input":"","output":"Red & blue."}',
    '{"instruction":"Make this line bold in HTML.","input":"","output":"<b>Hello</b> &amp; welcome"}',
    '{"instruction":"Is 3 < 5?","input":"","output":"Yes, 3 < 5, and x > 2."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & (has.ampersand | has.less)) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & (has.ampersand | has.less)) === 0) continue;
      if (piece.field === 'tool_calls' || piece.role === 'tool' || piece.role === 'system') continue;
      const { text } = piece;
      const found =
        ((piece.flags & has.ampersand) !== 0 && entity.exec(text)) ||
        ((piece.flags & has.less) !== 0 && tag.exec(text));
      if (!found) continue;
      const prompt = answersOf(example).find(({ message }) => message >= piece.message)?.promptLower ?? '';
      if (
        asksForCode(prompt) ||
        /markup|tag|email|escape|entit|highlight|embed|angular|component/.test(prompt)
      )
        continue;
      if (text.includes('```') || (found[0].startsWith('&') && looksLikeCode(text))) continue;
      if (piece.role !== 'user' && prompt.includes(found[0].toLowerCase())) continue;
      report(spotIn(piece, found.index), `The text holds ${found[0].slice(0, 40)}, a leftover of HTML.`);
    }
  },
};
