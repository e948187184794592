// Limits for unpacking a Parquet file, because a few thousand bytes can unpack to gigabytes.
import type { Compressors, RowGroup } from 'hyparquet';

/** Every file may unpack to this size. */
const alwaysBytes = 256 * 1024 * 1024;
/** Beyond that: how many times its own size. Real files stay far below, even if a long text stands in every row. */
const mostTimes = 1000;
/** What the pages of one row group may unpack to: all of them are in memory at once. */
const mostPageBytes = 4_000_000_000;
/** What a value and a row take at least in memory, however small they are packed. */
const [valueBytes, rowBytes] = [16, 64];

/** Thrown while a row group is read whose pages unpack to more than is held in memory. */
export class UnpacksTooLarge extends Error {}

/** Bytes that a file of `fileBytes` bytes may unpack to. */
export function unpackLimit(fileBytes: number): number {
  return Math.max(alwaysBytes, fileBytes * mostTimes);
}

/** Why a row group is not read, as its footer tells, or null. */
export function tooLarge(group: RowGroup, limit: number): string | null {
  const columns = group.columns.flatMap(({ meta_data: column }) => (column ? [column] : []));
  const sizes = columns.map((column) => ({
    name: column.path_in_schema[0] ?? '',
    bytes: Number(column.total_uncompressed_size) + Number(column.num_values) * valueBytes,
  }));
  const sum = sizes.reduce((bytes, each) => bytes + each.bytes, Number(group.num_rows) * rowBytes);
  if (sum <= limit) return null;
  const largest = sizes.reduce((a, b) => (b.bytes > a.bytes ? b : a), { name: '', bytes: 0 });
  return `it unpacks to ${sum.toLocaleString('en-US')} bytes or more, most of them in column ${JSON.stringify(largest.name)}`;
}

/** The same compressors, which together unpack no more than a row group may hold. */
export function withLimit(compressors: Compressors, limit: number): Compressors {
  const most = Math.min(limit, mostPageBytes);
  let unpacked = 0;
  const guarded = Object.entries(compressors).map(([codec, decompress]) => {
    const guard: typeof decompress = (input, outputLength) => {
      unpacked += outputLength;
      if (unpacked > most)
        throw new UnpacksTooLarge(`its pages unpack to more than ${most.toLocaleString('en-US')} bytes`);
      return decompress(input, outputLength);
    };
    return [codec, guard] as const;
  });
  return Object.fromEntries(guarded);
}
