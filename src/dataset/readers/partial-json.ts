// The start of a JSON value as a value: what was cut off is left away.
import { walkJson } from '../walk-json.ts';

export interface PartialJson {
  value: unknown;
  /** Whether the value ends in the text. */
  complete: boolean;
  /** What follows it; empty if nothing does, or if the value does not end. */
  after: string;
}

/** Reads the first value of `text` as far as it goes; null if nothing of it is JSON. */
export function parsePartial(text: string): PartialJson | null {
  let end = 0;
  let closers = '';
  let depth = -1;
  const fault = walkJson(text, {
    valueEnd(path, offset) {
      end = offset;
      depth = path.length;
      closers = '';
      for (let i = path.length - 1; i >= 0; i -= 1) closers += typeof path[i] === 'number' ? ']' : '}';
    },
  });
  if (end === 0) return null;
  const complete = depth === 0;
  // Damage in the middle is for the reader of rows to name.
  if (!complete && fault && fault.offset < end) return null;
  try {
    const value = JSON.parse(text.slice(0, end) + closers) as unknown;
    return { value, complete, after: complete ? text.slice(end).trim() : '' };
  } catch {
    return null;
  }
}
