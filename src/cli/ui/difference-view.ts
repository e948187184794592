// A word-level difference: [-gone-] and {+new+}, coloured too if the stream takes colours.
import type { FieldDifference } from '../../dataset/diff/compare-examples.ts';
import type { DifferencePart } from '../../dataset/duplicates/word-difference.ts';
import { type Ink, visible } from './paint.ts';

/** One field a line: its name, and the difference with a little of what surrounds it. */
export function renderDifferences(differences: readonly FieldDifference[], ink: Ink): string[] {
  return differences.map(({ field, parts }) => `  ${ink.bold(visible(field))}: ${renderParts(parts, ink)}`);
}

/** The parts in one line; equal stretches are cut to what stands next to a difference. */
export function renderParts(parts: readonly DifferencePart[], ink: Ink): string {
  return parts
    .map(({ kind, text }, i) => {
      if (kind === 'removed') return ink.red(`[-${line(cut(text, longestChange))}-]`);
      if (kind === 'added') return ink.green(`{+${line(cut(text, longestChange))}+}`);
      return line(surrounding(text, i === 0, i === parts.length - 1));
    })
    .join('');
}

const context = 40;
const longestChange = 400;

// The end of what comes before a difference, and the start of what follows one.
function surrounding(text: string, first: boolean, last: boolean): string {
  if (text.length <= 2 * context) return text;
  const head = first ? '' : text.slice(0, context);
  const tail = last ? '' : text.slice(-context);
  return `${head} … ${tail}`;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} … (${text.length - length} more)`;
}

function line(text: string): string {
  return visible(text.replaceAll('\n', '⏎').replaceAll('\t', ' '));
}
