// Moves nested fields to the top level under the names of a mapping, and maps places back.

import { keepExact } from '../exact-json.ts';
import { escapePointer, pointerTokens } from '../text-position.ts';
import { isRow } from './fields.ts';
import type { Row } from './format.ts';

/**
 * A field as it was named: `/a/b` is a JSON pointer, `a.b` a path, unless the row has a key with exactly this name; `.` is the
 * row itself.
 */
export interface FieldPath {
  name: string;
  tokens: readonly string[];
}

export interface Projected {
  row: Row;
  /** The real tokens of a field's name. */
  tokensOf(name: string): readonly string[];
}

/** Reads a field's name. */
export function fieldPath(name: string): FieldPath {
  if (name === '.') return { name, tokens: [] };
  return { name, tokens: name.startsWith('/') ? pointerTokens(name) : name.split('.') };
}

/** The row with each named field at its top level; the rest of their objects stays in place. */
export function projectRow(row: Row, paths: readonly FieldPath[]): Projected {
  const nested = paths.filter(({ name, tokens }) => tokens[0] !== name && !Object.hasOwn(row, name));
  if (nested.length === 0) return { row, tokensOf: (name) => [name] };
  const found = nested.flatMap(({ name, tokens }): [string, unknown][] => {
    const value = valueAt(row, tokens);
    return value === undefined ? [] : [[name, value]];
  });
  const whole = nested.some(({ tokens }) => tokens.length === 0);
  const rest = whole
    ? {}
    : (without(
        row,
        nested.map(({ tokens }) => tokens),
      ) ?? {});
  const tokens = new Map(nested.map((path) => [path.name, path.tokens]));
  return {
    row: keepExact(row, Object.fromEntries([...Object.entries(rest), ...found])),
    tokensOf: (name) => tokens.get(name) ?? [name],
  };
}

/** Maps a pointer into the projected row to the real one. */
export function realPointer({ tokensOf }: Projected, pointer: string): string {
  const [first, ...rest] = pointerTokens(pointer);
  if (first === undefined) return pointer;
  return [...tokensOf(first), ...rest].map((token) => `/${escapePointer(token)}`).join('');
}

function valueAt(value: unknown, tokens: readonly string[]): unknown {
  let at = value;
  for (const token of tokens) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, token)) return undefined;
    at = (at as Row)[token];
  }
  return at;
}

// A copy without the values at the paths; undefined if nothing is left.
function without(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (!isRow(value) && !Array.isArray(value)) return value;
  const kept = Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
    const mine = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    if (mine.length === 0) return [[key, each]];
    if (mine.some((path) => path.length === 0)) return [];
    const left = without(each, mine);
    return left === undefined ? [] : [[key, left]];
  });
  if (kept.length === 0) return undefined;
  return Array.isArray(value) ? kept.map(([, each]) => each) : keepExact(value, Object.fromEntries(kept));
}
