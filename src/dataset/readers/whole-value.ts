// A file that is one value as one row, in memory: for what cannot be cut into rows before it is read.
import { longRow, parseRowBytes } from './parse-row.ts';
import type { RawRow, ReadOptions } from './raw-row.ts';

/** The only row, faulty or not; over the size limit its start. */
export async function* readWhole(
  chunks: AsyncIterable<Buffer>,
  { maxRowBytes }: ReadOptions,
): AsyncGenerator<RawRow[]> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes <= maxRowBytes || parts.length === 0) parts.push(Buffer.from(chunk));
    else parts.length = 1;
  }
  const start = parts[0] ?? Buffer.alloc(0);
  if (bytes > maxRowBytes) yield [longRow(start.subarray(0, 200), bytes, maxRowBytes, 1, 1)];
  else if (bytes > 0) yield [parseRowBytes(Buffer.concat(parts), 1, 1)];
}
