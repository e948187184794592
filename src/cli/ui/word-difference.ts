// Two texts in one: [-what only the first has-] and {+what only the second has+}, in colour if there is any.
import { type DifferencePart, wordDifference } from '../../dataset/duplicates/word-difference.ts';
import { maskPrivateData } from '../../dataset/text/private-data.ts';
import { paint, visible } from './paint.ts';

// Words kept around a change, in UTF-16 units; the rest is left out.
const context = 40;
const longestPart = 200;

/** The difference of two texts on one line; long stretches that agree are cut, secrets and personal data masked. */
export function renderWordDifference(before: string, after: string, style: { color: boolean }): string {
  const ink = paint(style.color);
  const parts = wordDifference(maskPrivateData(before), maskPrivateData(after));
  if (parts.length <= 1 && (parts[0]?.kind ?? 'same') === 'same')
    return ink.dim(`= ${inLine(shorten(maskPrivateData(before), 2 * context))}`);
  return parts
    .map((part, i) => {
      if (part.kind === 'removed') return ink.red(`[-${inLine(shorten(part.text, longestPart))}-]`);
      if (part.kind === 'added') return ink.green(`{+${inLine(shorten(part.text, longestPart))}+}`);
      return ink.dim(inLine(around(part, i === 0, i === parts.length - 1)));
    })
    .join('');
}

function around({ text }: DifferencePart, first: boolean, last: boolean): string {
  const room = first || last ? context : 2 * context;
  if (text.length <= room + 3) return text;
  if (first) return `… ${text.slice(-context)}`;
  if (last) return `${text.slice(0, context)} …`;
  return `${text.slice(0, context)} … ${text.slice(-context)}`;
}

function shorten(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room)} …` : text;
}

function inLine(text: string): string {
  return visible(text.replace(/\s*\n\s*/g, ' ⏎ ').replace(/\t/g, ' '));
}
