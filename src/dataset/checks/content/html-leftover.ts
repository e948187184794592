import { has } from '../../text/char-flags.ts';
import { answersOf, asksForCode, featuresOf, looksLikeCode, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

const entity = /&(?:amp|lt|gt|quot|nbsp|apos|ndash|mdash|[lr][sd]quo|hellip|#\d{2,5}|#x[0-9a-f]{2,5});/i;
// Without u, sub and sup, for which Markdown has no signs.
const tag =
  /<\/?(?:br|p|div|span|b|i|em|strong|ul|ol|li|h[1-6]|font|center|table|t[rd]|a|img)(?: [^<>]{0,100}=[^<>]{0,100})?\s?\/?>/i;
// The prompt asks for marks in the text.
const asksForMarks =
  /markup|tag|email|escape|entit|highlight|embed|angular|component|\bbold|italic|underlin|emphasi[sz]|strike|strikethrough|superscript|subscript|\bcolou?r(?:ed)? (?:the|in|all|each|every|red|blue|green)|line breaks?|line-break|rich text|format(?:ted|ting)? |加粗|粗体|斜体|下划线|高亮|标签|标记/;

export const htmlLeftover: Check = {
  code: 'D127',
  name: 'html-leftover',
  severity: 'warning',
  group: 'content',
  title: 'The text holds leftovers of HTML.',
  prose:
    '`&amp;`, `&#39;`, `<br>` or the like is in text that is neither code nor about HTML: a web page was not fully turned into text. The model learns to write them. The check skips tags that the prompt asks for (bold, underlined), and tags that Markdown has no signs for: `<u>`, `<sub>`, `<sup>`, and `<br>` in a table.',
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
    '{"instruction":"Underline the noun.","input":"The moon shines.","output":"The <u>moon</u> shines."}',
    '{"instruction":"Show the second word in bold type.","input":"The moon shines.","output":"The <b>moon</b> shines."}',
    '{"instruction":"What is water made of?","input":"","output":"H<sub>2</sub>O.\\n\\n| part | count |\\n|---|---|\\n| H | 2<br>atoms |"}',
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
      if (asksForCode(prompt) || asksForMarks.test(prompt)) continue;
      // The tag is only mentioned.
      if (found[0].startsWith('<') && (text[found.index - 1] === '`' || /\bhtml\b/i.test(text))) continue;
      if (/^<br/i.test(found[0]) && isInTable(text, found.index)) continue;
      if (text.includes('```') || (found[0].startsWith('&') && looksLikeCode(text))) continue;
      if (piece.role !== 'user' && prompt.includes(found[0].toLowerCase())) continue;
      report(spotIn(piece, found.index), `The text holds ${found[0].slice(0, 40)}, a leftover of HTML.`);
    }
  },
};

// A line break in a cell of a Markdown table can only be written this way.
function isInTable(text: string, at: number): boolean {
  const from = text.lastIndexOf('\n', at) + 1;
  const to = text.indexOf('\n', at);
  return /^\s*\|.*\|\s*$/.test(text.slice(from, to < 0 ? text.length : to));
}
