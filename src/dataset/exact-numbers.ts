// Numbers that JSON.parse cannot hold: found in the text, and written again as they stood.
import { inexactNumber } from './checks/inexact-number.ts';
import type { Raise } from './formats/format.ts';
import { hasOddNumber } from './json-shape.ts';
import { escapePointer } from './text-position.ts';
import { walkJson } from './walk-json.ts';

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

interface InexactNumber {
  path: readonly (string | number)[];
  /** As written, and as read. */
  source: string;
  value: number;
}

/** The numbers of JSON text that become another number: whole ones with too many digits, any that are too large. */
export function findInexact(text: string): InexactNumber[] {
  const found: InexactNumber[] = [];
  walkJson(text, {
    value(path, offset) {
      number.lastIndex = offset;
      const source = number.exec(text)?.[0];
      if (source === undefined) return;
      const value = Number(source);
      const whole = !/[.eE]/.test(source);
      if (Number.isFinite(value) && !(whole && value !== 0 && String(value) !== source)) return;
      found.push({ path: [...path], source, value });
    },
  });
  return found;
}

/** Names the numbers of a row's text that are read inexactly, but for those in fields beside the conversation. */
export function raiseInexact(text: string, beside: Readonly<Record<string, unknown>>, raise: Raise): void {
  for (const { path, source, value } of findInexact(text)) {
    if (path.length > 0 && Object.hasOwn(beside, path[0] as string)) continue;
    raise(inexactNumber, path.map((token) => `/${escapePointer(token)}`).join(''), say(source, value));
  }
}

/** The same for JSON text inside a string, whose `value` was read from it. */
export function raiseInexactInside(text: string, value: unknown, pointer: string, raise: Raise): void {
  if (!hasOddNumber(value)) return;
  const [first] = findInexact(text);
  if (first) raise(inexactNumber, pointer, say(first.source, first.value));
}

function say(source: string, value: number): string {
  const shown = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  return `The number ${shown} is read as ${value}.`;
}

/** `row` as JSON; fields that stand in `source`, the JSON of the row it was made from, keep numbers that are read inexactly. */
export function stringifyExactly(row: Readonly<Record<string, unknown>>, source: string): string {
  const text = JSON.stringify(row);
  if (!hasOddNumber(row)) return text;
  const fields = inexactFields(source);
  if (fields.size === 0) return text;
  const members = Object.entries(row).flatMap(([key, value]) => {
    const plain = JSON.stringify(value);
    if (plain === undefined) return [];
    const written = fields.get(key);
    const same = written !== undefined && JSON.stringify(JSON.parse(written)) === plain;
    return [`${JSON.stringify(key)}:${same ? written : plain}`];
  });
  return `{${members.join(',')}}`;
}

// The source text of a row's fields that hold such numbers.
function inexactFields(source: string): Map<string, string> {
  const inexact = new Set(findInexact(source).map(({ path }) => String(path[0])));
  const fields = new Map<string, string>();
  if (inexact.size === 0) return fields;
  let from = 0;
  walkJson(source, {
    value(path, offset) {
      if (path.length === 1) from = offset;
    },
    valueEnd(path, offset) {
      // Of two equal keys the last counts, as it does in JSON.parse.
      const key = String(path[0]);
      if (path.length === 1 && inexact.has(key)) fields.set(key, source.slice(from, offset));
    },
  });
  return fields;
}
