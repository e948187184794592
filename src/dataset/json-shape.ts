// Fast tests that run for every parsed row.
import { maxDepth } from './depth.ts';
import { movesKeys } from './exact-json.ts';

export interface RowShape {
  /** Members of all objects inside the value; -1 if it is nested deeper than rows may be. */
  keys: number;
  /** Whether it contains anything that JSON.stringify may write differently: see exact-json.ts. */
  mayChange: boolean;
  /** Whether a number in it is too large for JSON.parse. */
  infinite: boolean;
}

let mayChange = false;
let infinite = false;

/** Walks once through a parsed row. */
export function shapeOf(value: unknown): RowShape {
  mayChange = false;
  infinite = false;
  const keys = countKeys(value, maxDepth);
  return { keys, mayChange, infinite };
}

function noteNumber(value: number): void {
  mayChange = true;
  if (!Number.isFinite(value)) infinite = true;
}

function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return -1;
  let count = 0;
  if (Array.isArray(value)) {
    for (const each of value) {
      if (typeof each !== 'object' || each === null) {
        if (typeof each === 'number') noteNumber(each);
        continue;
      }
      const inner = countKeys(each, depth - 1);
      if (inner < 0) return -1;
      count += inner;
    }
    return count;
  }
  const object = value as Record<string, unknown>;
  if (movesKeys(object)) mayChange = true;
  for (const key in object) {
    count += 1;
    const each = object[key];
    if (typeof each !== 'object' || each === null) {
      if (typeof each === 'number') noteNumber(each);
      continue;
    }
    const inner = countKeys(each, depth - 1);
    if (inner < 0) return -1;
    count += inner;
  }
  return count;
}

/**
 * Whether the raw text could have a key twice, given how many members JSON.parse kept. It counts `":`, which occurs
 * after every key and, unescaped, nowhere else; text with a space before the colon always takes the slow path.
 */
export function mayRepeatKeys(text: string, keys: number): boolean {
  let seen = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) seen += 1;
  }
  return seen !== keys;
}
