import type { Place } from '../../diagnostics/finding.ts';
import { hideSecrets } from '../secrets.ts';

/** Turns an offset into the text into a place in the user's file. */
export type PlaceAt = (offset: number) => Place;

const excerptWidth = 200;

/** Places by line and column, with an excerpt for the caret. Lines and columns count from 1. */
export function linePlaces(text: string, file: string): PlaceAt {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const line = lineOf(starts, offset);
    const start = starts[line] ?? 0;
    const column = offset - start;
    return { file, line: line + 1, column: column + 1, excerpt: excerptAt(text, start, column) };
  };
}

function excerptAt(text: string, start: number, column: number): { text: string; column: number } {
  const from = start + Math.max(0, column - excerptWidth / 2);
  const newline = text.indexOf('\n', start);
  const end = Math.min(newline < 0 ? text.length : newline, from + excerptWidth);
  // Masked letter for letter, so that the caret stays where it is.
  return { text: hideSecrets(text.slice(from, end).replace(/\r$/, '')), column: start + column - from + 1 };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
