// A row's raw JSON around a finding's place, as HTML with the place marked.
import { maskPrivateJson } from '../../dataset/text/private-data.ts';
import { findPointer } from '../../dataset/text-position.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { escapeHtml } from './escape-html.ts';

const unitsBefore = 300;
const unitsAfter = 900;
const longestMark = 400;
/** A text that begins or ends outside the window is masked in it all the same, up to this far. */
const maskedAround = 4_000;

/** The text around the place, the value at the finding's pointer marked; ellipses stand for what was cut. */
export function showRow(text: string, { at, fix }: Finding): string {
  const start = findPointer(text, at?.pointer ?? '', fix?.from);
  const end = at?.pointer || fix ? valueEnd(text, start, fix ? fix.to - fix.from : null) : start;
  const from = Math.max(0, start - unitsBefore);
  const to = Math.min(text.length, Math.max(start, Math.min(end, start + longestMark)) + unitsAfter);
  const around = Math.max(0, from - maskedAround);
  const masked = maskPrivateJson(text.slice(around, Math.min(text.length, to + maskedAround)));
  const part = (a: number, b: number): string => escapeHtml(masked.slice(a - around, b - around));
  const last = Math.min(end, start + longestMark);
  const mark = last > start ? `<mark>${part(start, last)}</mark>` : '';
  return `${from > 0 ? '<i>…</i>' : ''}${part(from, start)}${mark}${part(Math.max(start, last), to)}${to < text.length ? '<i>…</i>' : ''}`;
}

// Where the JSON value that starts at `start` ends: a string at its quote, anything else at the next comma or bracket.
function valueEnd(text: string, start: number, units: number | null): number {
  if (units !== null) return Math.max(start + 1, start + units);
  if (text[start] !== '"') {
    const end = text.slice(start + 1, start + longestMark).search(/[,}\]\n]/);
    return end < 0 ? start + 1 : start + 1 + end;
  }
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && at - start < longestMark) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
