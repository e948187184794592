// Reads bytes as a source is read, without judging the rows.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { spillToDisk } from '../../../src/app/files/spill-to-disk.ts';
import type { FileRemark, RawRow } from '../../../src/dataset/readers/raw-row.ts';
import { openRows } from '../../../src/dataset/scan/open-rows.ts';

export interface ReadBytes {
  rows: RawRow[];
  values: unknown[];
  /** `code message` of each remark. */
  remarks: string[];
  all: FileRemark[];
  sha256: string;
  bytes: number;
}

/** Through openRows, in chunks of `chunk` bytes. */
export async function readBytes(
  input: string | Uint8Array,
  { label = 'rows', chunk = 65_536, maxRowBytes = 1_000_000 } = {},
): Promise<ReadBytes> {
  const bytes = Buffer.from(input);
  function* chunks(): Generator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const all: FileRemark[] = [];
  const source = { path: '', label, stream: Readable.from(chunks()), spill: spillToDisk };
  const remark = (each: FileRemark): void => void all.push(each);
  const { open, reader, end } = await openRows(source, remark);
  const rows: RawRow[] = [];
  for await (const batch of reader.read(open.chunks, { maxRowBytes, remark })) rows.push(...batch);
  end(rows.length);
  return {
    rows,
    values: rows.map(({ value }) => value),
    remarks: all.map(({ check, message }) => `${check.code} ${message}`),
    all,
    sha256: open.sha256(),
    bytes: open.bytesRead(),
  };
}

const fixtures = resolve(import.meta.dirname, '../../fixtures/readers');

/** A file made by test/fixtures/readers/make.py. */
export function fixture(name: string): Buffer {
  return readFileSync(join(fixtures, name));
}
