import { answersOf, featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

const address =
  /^[<"'(]?(?:https?:\/\/|www\.)[^\s]+$|^\S+\.(?:png|jpe?g|gif|webp|bmp|svg|mp[34]|wav|pdf|docx?|xlsx?)[>"')]?$/i;
const aboutAddress =
  /\burl|domain|hyperlink|(?:web ?site|web|link|file|image) (?:name|address|extension|format|path)|shorten|protocol|https|valid|extension|parse|encode|regex|file ?name|path\b|\bcode\b|script|program|function|python|scrap/;

export const urlInput: Check = {
  code: 'D118',
  name: 'url-input',
  severity: 'warning',
  group: 'content',
  title: 'The input is only a link or a file name.',
  prose:
    'All the row gives to work on is a URL or the name of a file. A text model cannot open it, so the answer was invented or came from outside; such rows are rated clearly worse than others. The check skips instructions about the address itself, and rows with tools.',
  hint: 'put the text of the page into the input, or drop the row',
  bad: [
    {
      text: '{"instruction":"Summarise the article.","input":"https://news.site.org/2021/storm","output":"A storm passed over the coast."}',
      pointer: '/input',
    },
    {
      text: '{"messages":[{"role":"user","content":"https://news.site.org/2021/storm"},{"role":"assistant","content":"A storm passed over the coast."}]}',
      pointer: '/messages/0/content',
    },
  ],
  good: [
    '{"instruction":"Which protocol does this URL use?","input":"https://news.site.org/2021/storm","output":"HTTPS."}',
    '{"instruction":"Summarise the article.","input":"A storm passed over the coast on Monday.","output":"A storm hit the coast."}',
  ],
  run(example, report) {
    const { pieces, hasTools } = featuresOf(example);
    if (hasTools) return;
    for (const piece of pieces) {
      if (piece.role !== 'user' || !(piece.isInput || isWhole(piece.text))) continue;
      if (piece.text.length > 500 || !address.test(piece.text.trim())) continue;
      const asked = answersOf(example).find(({ message }) => message > piece.message)?.instruction ?? '';
      if (piece.isInput && aboutAddress.test(asked.toLowerCase())) continue;
      report(spotIn(piece, 0), 'The input is only a link or a file name, which a text model cannot open.');
    }
  },
};

function isWhole(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith('http') || start.startsWith('www.');
}
