// Benchmark files can have any shape: a row of an unknown shape is compared by all its text.
import type { Example } from '../example.ts';

/** An example whose prompt is all strings of the row, in order; null if the row has none. */
export function anyTextExample(value: unknown): Example | null {
  const texts: string[] = [];
  collect(value, texts);
  return texts.length === 0 ? null : { messages: [{ role: 'user', content: texts.join('\n') }], meta: {} };
}

function collect(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value)) collect(each, texts);
}
