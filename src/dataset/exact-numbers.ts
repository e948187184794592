// Numbers that no program reads exactly.
import { inexactNumber } from './checks/structure/inexact-number.ts';
import type { Raise } from './formats/format.ts';
import { shapeOf } from './json-shape.ts';
import { escapePointer } from './text-position.ts';
import { walkJson } from './walk-json.ts';

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Python refuses whole numbers with more digits than this. */
const mostDigits = 4300;

interface InexactNumber {
  path: readonly (string | number)[];
  /** As written. */
  source: string;
}

/** Numbers in JSON text that Python reads as infinity or cannot read. */
export function findInexact(text: string): InexactNumber[] {
  const found: InexactNumber[] = [];
  walkJson(text, {
    value(path, offset) {
      number.lastIndex = offset;
      const source = number.exec(text)?.[0];
      if (source === undefined || Number.isFinite(Number(source))) return;
      if (!/[.eE]/.test(source) && source.length <= mostDigits) return;
      found.push({ path: [...path], source });
    },
  });
  return found;
}

/** Finds such numbers in a row's text, except in fields beside the conversation. */
export function raiseInexact(text: string, beside: Readonly<Record<string, unknown>>, raise: Raise): void {
  for (const { path, source } of findInexact(text)) {
    if (path.length > 0 && Object.hasOwn(beside, path[0] as string)) continue;
    raise(inexactNumber, path.map((token) => `/${escapePointer(token)}`).join(''), say(source));
  }
}

/** The same for JSON text inside a string, whose `value` was read from it. */
export function raiseInexactInside(text: string, value: unknown, pointer: string, raise: Raise): void {
  if (!shapeOf([value]).infinite) return;
  const [first] = findInexact(text);
  if (first) raise(inexactNumber, pointer, say(first.source));
}

function say(source: string): string {
  const shown = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  return `The number ${shown} is too large: Python reads it as infinity, or not at all.`;
}
