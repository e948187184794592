// Inserts many rows per call, because a call costs as much as two rows.
import type { Store } from './open-store.ts';

const rowsAtOnce = 50;
const texts = new Map<string, string>();

/** Inserts rows, given one after another in `values`, as `head` says: `INSERT INTO table (columns)`. */
export function insertRows(
  store: Store,
  head: string,
  width: number,
  values: readonly (string | number | null)[],
): void {
  for (let from = 0; from < values.length; from += rowsAtOnce * width) {
    const some = values.slice(from, from + rowsAtOnce * width);
    store.statement(insertText(head, width, some.length / width)).run(some);
  }
}

function insertText(head: string, width: number, rows: number): string {
  const key = `${rows} ${head}`;
  let text = texts.get(key);
  if (text === undefined) {
    const row = `(${Array(width).fill('?').join(', ')})`;
    text = `${head} VALUES ${Array(rows).fill(row).join(', ')}`;
    texts.set(key, text);
  }
  return text;
}
