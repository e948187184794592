// Fixes applied to a row's raw JSON: only the characters that a fix names change, all else stays as it was written.
import type { TextFix } from '../../diagnostics/finding.ts';
import { findPointer } from '../text-position.ts';

/** A fix of the string at `pointer`. */
export interface PointedFix {
  pointer: string;
  fix: TextFix;
}

export interface FixedText {
  text: string;
  /** For each fix whether it was applied: one that overlaps an earlier one is not, nor one that fits no string. */
  applied: boolean[];
}

interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Applies what can be applied; of two that overlap, the first in the list. */
export function applyFixes(text: string, fixes: readonly PointedFix[]): FixedText {
  const edits: Edit[] = [];
  const applied = fixes.map(({ pointer, fix }) => {
    const edit = editOf(text, pointer, fix);
    if (!edit) return false;
    if (edits.some((other) => sameEdit(edit, other))) return true;
    if (edits.some((other) => overlaps(edit, other))) return false;
    edits.push(edit);
    return true;
  });
  // From the right, so that places to the left stay.
  edits.sort((a, b) => b.from - a.from);
  let fixed = text;
  for (const { from, to, text: put } of edits) fixed = fixed.slice(0, from) + put + fixed.slice(to);
  return { text: fixed, applied };
}

// A range of the string's value as a range of its source, in which characters may be escaped.
function editOf(text: string, pointer: string, { from, to, text: put }: TextFix): Edit | null {
  const start = findPointer(text, pointer);
  const end = stringEnd(text, start);
  if (end === null) return null;
  const value = JSON.parse(text.slice(start, end)) as string;
  if (from < 0 || to < from || to > value.length) return null;
  const least = trimFix(value, { from, to, text: put });
  return {
    from: findPointer(text, pointer, least.from),
    to: findPointer(text, pointer, least.to),
    text: JSON.stringify(least.text).slice(1, -1),
  };
}

/** The same fix of `value` without what it puts back as it was, so that two fixes seldom overlap. */
export function trimFix(value: string, { from, to, text }: TextFix): TextFix {
  const most = Math.min(to - from, text.length);
  let before = 0;
  while (before < most && value[from + before] === text[before]) before += 1;
  // Half a surrogate pair cannot be written by itself.
  if (before > 0 && isSurrogate(text.charCodeAt(before - 1), 0xd800)) before -= 1;
  let after = 0;
  while (after < most - before && value[to - 1 - after] === text[text.length - 1 - after]) after += 1;
  if (after > 0 && isSurrogate(text.charCodeAt(text.length - after), 0xdc00)) after -= 1;
  return { from: from + before, to: to - after, text: text.slice(before, text.length - after) };
}

// After the closing quote of the string that starts at `start`; null if none does.
function stringEnd(text: string, start: number): number | null {
  if (text[start] !== '"') return null;
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at < text.length ? at + 1 : null;
}

function isSurrogate(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}

function sameEdit(a: Edit, b: Edit): boolean {
  return a.from === b.from && a.to === b.to && a.text === b.text;
}

// Two insertions at one place overlap: which comes first is not certain.
function overlaps(a: Edit, b: Edit): boolean {
  return a.from === b.from || (a.from < b.to && b.from < a.to);
}
