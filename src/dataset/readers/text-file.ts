// A .txt file: one document, the text as it stands. It becomes the row `{"text": …}`.
import { isUtf8 } from 'node:buffer';
import { longRow, parseRowBytes } from './parse-row.ts';
import type { RawRow, Reader, ReadOptions } from './raw-row.ts';

export const textFile: Reader = {
  name: 'text',
  holds: 'plain text',
  extensions: ['.txt'],
  // Any content may be text: only the file's name says so.
  detect: () => false,
  read: readDocument,
};

async function* readDocument(
  chunks: AsyncIterable<Buffer>,
  { maxRowBytes }: ReadOptions,
): AsyncGenerator<RawRow[]> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    // Over the limit, keep only the start and the count.
    if (bytes <= maxRowBytes || parts.length === 0) parts.push(Buffer.from(chunk));
    else if (parts.length > 1) parts = parts.slice(0, 1);
  }
  if (bytes === 0) return;
  if (bytes > maxRowBytes) {
    yield [longRow((parts[0] ?? Buffer.alloc(0)).subarray(0, 200), bytes, maxRowBytes, 1, 1)];
    return;
  }
  const whole = Buffer.concat(parts);
  if (!isUtf8(whole)) {
    yield [parseRowBytes(whole, 1, 1)];
    return;
  }
  const document = whole.toString('utf8');
  const value = { text: document };
  const text = JSON.stringify(value);
  yield [{ line: 1, column: 1, text, value, fault: null, origin: { kind: 'text', document } }];
}
