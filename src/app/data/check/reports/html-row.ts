// A row's raw JSON around a finding's place, as HTML with the place marked.
import type { FoundRow } from '../../../../dataset/scan/scan-types.ts';
import { maskPrivateJson } from '../../../../dataset/text/private-data.ts';
import { findPointer } from '../../../../dataset/text-position.ts';
import type { Finding } from '../../../../diagnostics/finding.ts';
import { escapeHtml } from './escape-html.ts';

const unitsBefore = 300;
const unitsAfter = 700;
const longestMark = 300;
/** A secret that begins or ends outside the window is still masked inside it, up to this distance. */
const maskedAround = 4_000;

/** The text around the place, with the part that the finding is about marked; ellipses replace the text that was cut. */
export function showRow(row: FoundRow, finding: Finding): string {
  const text = row.text ?? '';
  const { from, to } = markOf(text, row, finding);
  const start = Math.max(0, from - unitsBefore);
  const end = Math.min(text.length, to + unitsAfter);
  const around = Math.max(0, start - maskedAround);
  const masked = maskPrivateJson(text.slice(around, Math.min(text.length, end + maskedAround)));
  const part = (a: number, b: number): string => escapeHtml(masked.slice(a - around, b - around));
  const mark = to > from ? `<mark>${part(from, to)}</mark>` : '';
  return `${start > 0 ? '<i>…</i>' : ''}${part(start, from)}${mark}${part(to, end)}${end < text.length ? '<i>…</i>' : ''}`;
}

function markOf(text: string, row: FoundRow, { at, fix }: Finding): { from: number; to: number } {
  const pointer = at?.pointer ?? '';
  if (fix) {
    const from = findPointer(text, pointer, fix.from);
    return { from, to: Math.min(from + longestMark, Math.max(from + 1, findPointer(text, pointer, fix.to))) };
  }
  const place = offsetOf(text, row, at?.line, at?.column);
  const start = pointer === '' ? place : findPointer(text, pointer);
  // Inside a text, mark one word; a finding about the whole row needs no mark.
  if (place > start + 1 || pointer === '')
    return place === 0 ? { from: 0, to: 0 } : { from: place, to: wordEnd(text, place) };
  return { from: start, to: Math.min(start + longestMark, valueEnd(text, start)) };
}

function offsetOf(text: string, row: FoundRow, line = row.line, column = row.column): number {
  if (line === row.line) return Math.min(text.length, Math.max(0, column - row.column));
  let start = 0;
  for (let i = row.line; i < line; i += 1) start = text.indexOf('\n', start) + 1;
  return Math.min(text.length, start + column - 1);
}

function wordEnd(text: string, from: number): number {
  const word = /^(?:[\p{L}\p{N}_-]+|.)/su.exec(text.slice(from, from + longestMark));
  return from + (word?.[0].length ?? 0);
}

// Where the JSON value that starts at `start` ends: a string at its quote, anything else at the next comma or bracket.
function valueEnd(text: string, start: number): number {
  if (text[start] !== '"') {
    const end = text.slice(start + 1, start + longestMark).search(/[,}\]\n]/);
    return end < 0 ? start + 1 : start + 1 + end;
  }
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && at - start < longestMark) at += text[at] === '\\' ? 2 : 1;
  return Math.min(text.length, at + 1);
}
