// Hashes JSON lines into one store: common rows in native code, the others one by one.
import { isUtf8 } from 'node:buffer';
import { rowTooLong } from '../checks/structure/row-too-long.ts';
import { unknownFormat } from '../checks/structure/unknown-format.ts';
import type { Format } from '../formats/format.ts';
import { createPlainShingler, shingleLineWidth } from '../native/plain-shingles.ts';
import { readLine } from '../readers/jsonl.ts';
import { createUsableJudge } from '../scan/raw-rows.ts';
import { defaultMaxRowBytes } from '../scan/scan-types.ts';
import { createRowHasher, type HashOptions } from './hash-rows.ts';
import { createPartStore, type PartStore } from './part-store.ts';
import { addCounts, type CountTable } from './peel.ts';

export interface LineHasher {
  /** Adds the next whole lines of the part. */
  add(region: Buffer): void;
  /** Skips a line over the size limit with this many bytes. */
  skip(bytes: number): void;
  lines(): number;
  /** How often each shingle was seen in this part. */
  counts(): CountTable;
  store: PartStore;
}

/** A hasher for one part of a file; null if the native code does not support the format. */
export function createLineHasher(format: Format, options: HashOptions, bits: number): LineHasher | null {
  const { n, unit, key } = options;
  if (key !== 'row' || unit === 'characters') return null;
  const plain = createPlainShingler(format.name, n, unit, bits);
  if (!plain) return null;
  const judge = createUsableJudge(format);
  const hasher = createRowHasher(options);
  const store = createPartStore();
  const place = { line: 0, start: 0, bytes: 0 };
  let before = 0;

  const addSlow = (region: Buffer, start: number, end: number, clean: boolean): void => {
    const read = { maxRowBytes: defaultMaxRowBytes, remark: () => undefined };
    const raw = readLine(region, start, end, clean, place.line, read);
    if (!raw) return;
    const { example, code } = judge(raw);
    if (!example) {
      store.leave(code ?? unknownFormat.code, place);
      return;
    }
    const { shingles, size, fields } = hasher(example);
    store.add(shingles, size, 0, place, fields, 0);
    addCounts(plain.counts(), shingles, 0, size);
  };

  return {
    store,
    lines: () => place.line,
    counts: plain.counts,
    skip(bytes) {
      place.start = before;
      place.bytes = bytes;
      store.leave(rowTooLong.code, place);
      place.line += 1;
      before += bytes;
    },
    add(region) {
      const clean = isUtf8(region);
      for (let from = 0; from < region.length; ) {
        const { lines, table, shingles, bytes } = plain.read(region, from);
        let filled = 0;
        for (let i = 0; i < lines; i += 1) {
          const at = i * shingleLineWidth;
          const start = from + (table[at] as number);
          const end = Math.min(region.length, from + (table[at + 1] as number));
          const size = table[at + 2] as number;
          place.start = before + start;
          place.bytes = end - start;
          if (size === 0) addSlow(region, start, end, clean);
          else {
            store.add(shingles, size, filled, place, table, at + 3);
            filled += size;
          }
          place.line += 1;
        }
        from += bytes;
      }
      before += region.length;
    },
  };
}
