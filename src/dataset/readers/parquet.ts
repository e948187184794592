// Parquet, row group by row group. A row's line is its number in the file, from 1: the file has no lines.
import { setImmediate } from 'node:timers/promises';
import type { FileMetaData, RowGroup } from 'hyparquet';
import type { Check } from '../checks/check.ts';
import { damagedParquet } from '../checks/structure/damaged-parquet.ts';
import { unpacksTooLarge } from '../checks/structure/unpacks-too-large.ts';
import type { RandomAccess } from '../scan/random-access.ts';
import { readColumns } from './parquet-columns.ts';
import { tooLarge, UnpacksTooLarge, unpackLimit, withLimit } from './parquet-limits.ts';
import { parquetParsers, type TableRow, toRawRow } from './parquet-values.ts';
import type { RawRow, ReadOptions, TableReader } from './raw-row.ts';

export const parquet: TableReader = {
  name: 'parquet',
  holds: 'Parquet',
  extensions: ['.parquet', '.pq'],
  detect: (head) => head.toString('latin1', 0, 4) === 'PAR1',
  readFile,
};

/** Rows given out at once, and UTF-16 units of their JSON. */
const [batchRows, batchUnits] = [500, 8_000_000];
/** A group that claims more rows than this is damaged. */
const maxGroupRows = 100_000_000;

/** Why rows are not there. */
interface Lost {
  check: Check;
  message: string;
}

async function* readFile(file: RandomAccess, options: ReadOptions): AsyncGenerator<RawRow[]> {
  const metadata = await readFooter(file, options);
  const columns = metadata && (await readColumns(metadata));
  const limit = unpackLimit(file.size);
  const ofFile = `${file.size.toLocaleString('en-US')} bytes`;
  let before = 0;
  let units = 0;
  for (const [index, group] of (metadata?.row_groups ?? []).entries()) {
    const count = Number(group.num_rows);
    const place = (first: number): string => `Row group ${index + 1} (rows ${first} to ${before + count})`;
    const large =
      units > limit
        ? `the rows before it have used up what a file of ${ofFile} may unpack to`
        : tooLarge(group, limit);
    const read =
      large ?? (await readGroup(file, { ...(metadata as FileMetaData), row_groups: [group] }, limit));
    let lost: Lost | null = null;
    if (large !== null)
      lost = { check: unpacksTooLarge, message: `${place(before + 1)} is not read: ${large}.` };
    else if (typeof read === 'string' || read instanceof UnpacksTooLarge)
      lost = lostGroup(read, place(before + 1));
    const rows = Array.isArray(read) ? read : [];
    let batch: RawRow[] = [];
    let batched = 0;
    for (let i = 0; i < count; i += 1) {
      const number = before + i + 1;
      if (!lost && units > limit)
        lost = {
          check: unpacksTooLarge,
          message: `${place(number)} is not read to its end: the ${ofFile} of the file have become more than ${limit.toLocaleString('en-US')} in the rows before, most of them in column ${JSON.stringify(longest(rows[i - 1] ?? {}))}.`,
        };
      const raw = lost ? lostRow(number, lost) : toRawRow(rows[i] ?? {}, columns, number, options);
      batch.push(raw);
      batched += raw.text.length;
      units += raw.text.length;
      if (batch.length < batchRows && batched < batchUnits) continue;
      yield batch;
      batch = [];
      batched = 0;
    }
    if (batch.length > 0) yield batch;
    before += count;
  }
}

function lostGroup(reason: string | UnpacksTooLarge, place: string): Lost {
  return typeof reason === 'string'
    ? { check: damagedParquet, message: `${place} cannot be read: ${reason}.` }
    : { check: unpacksTooLarge, message: `${place} is not read: ${reason.message}.` };
}

// The column of a row that takes most as JSON.
function longest(row: TableRow): string {
  const lengths = Object.entries(row).map(([name, value]): [string, number] => [name, unitsOf(value)]);
  return lengths.reduce((a, b) => (b[1] > a[1] ? b : a), ['', -1])[0];
}

function unitsOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + unitsOf(each), 0);
}

function lostRow(number: number, { check, message }: Lost): RawRow {
  const fault = { check, message, offset: 0 };
  return { line: number, column: 1, text: '', value: undefined, fault, origin: { kind: 'table' } };
}

/** Null, with a remark, if no row can be found. */
async function readFooter(file: RandomAccess, { remark }: ReadOptions): Promise<FileMetaData | null> {
  const say = (message: string, hint?: string): null => {
    remark({ check: damagedParquet, message, ...(hint !== undefined && { hint }) });
    return null;
  };
  const tail = Buffer.from(await file.slice(Math.max(0, file.size - 4), file.size)).toString('latin1');
  if (tail === 'PARE') return say('The Parquet footer is encrypted.', 'write the file without encryption');
  if (tail !== 'PAR1')
    return say(
      `The Parquet file ends after ${file.size.toLocaleString('en-US')} bytes without its footer, so none of its rows can be found.`,
      'the download or the export stopped early: fetch or write the file again',
    );
  try {
    const { parquetMetadataAsync } = await import('hyparquet');
    const metadata = await parquetMetadataAsync(
      { byteLength: file.size, slice: (start, end) => file.slice(start, end ?? file.size) },
      { geoparquet: false },
    );
    const fault = contradiction(metadata);
    return fault === null ? metadata : say(`The Parquet footer contradicts itself: ${fault}.`);
  } catch (error) {
    return say(`The Parquet footer cannot be read: ${reasonOf(error)}.`);
  }
}

// A damaged footer may claim anything, so check it.
function contradiction({ num_rows, row_groups }: FileMetaData): string | null {
  const sum = row_groups.reduce((rows, group) => rows + BigInt(group.num_rows), 0n);
  if (sum !== BigInt(num_rows)) return `${num_rows} rows, of which its row groups have ${sum}`;
  const fewer = (group: RowGroup): boolean =>
    group.columns.some(({ meta_data }) => (meta_data?.num_values ?? 0n) < group.num_rows);
  const impossible = ({ num_rows: rows }: RowGroup): boolean => rows < 0n || rows > maxGroupRows;
  const index = row_groups.findIndex((group) => impossible(group) || fewer(group));
  const group = row_groups[index];
  return group ? `row group ${index + 1} cannot have ${group.num_rows} rows` : null;
}

/** The rows of the only group in `metadata`, or why there are none. */
async function readGroup(
  file: RandomAccess,
  metadata: FileMetaData,
  limit: number,
): Promise<TableRow[] | string | UnpacksTooLarge> {
  const { parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const options = { metadata, utf8: false, parsers: parquetParsers };
  const wanted = Number(metadata.row_groups[0]?.num_rows ?? 0);
  const read = async (columns?: string[]): Promise<TableRow[] | string | UnpacksTooLarge> => {
    // If the schema contradicts the columns, hyparquet throws after it asked for bytes, and nobody would catch what it
    // then makes of them: so no byte comes before it has planned everything.
    const planned = setImmediate();
    const gated = {
      byteLength: file.size,
      slice: async (start: number, end = file.size) => {
        await planned;
        return failed ? await new Promise<ArrayBuffer>(() => undefined) : await file.slice(start, end);
      },
    };
    let failed = false;
    try {
      const rows = await parquetReadObjects({
        ...options,
        compressors: withLimit(compressors, limit),
        file: gated,
        ...(columns && { columns }),
      });
      return rows.length === wanted ? rows : `${rows.length} of its ${wanted} rows are there`;
    } catch (error) {
      failed = true;
      return error instanceof UnpacksTooLarge ? error : reasonOf(error);
    }
  };
  const rows = await read();
  if (typeof rows !== 'string') return rows;
  const names = new Set(metadata.row_groups[0]?.columns.map(({ meta_data }) => meta_data?.path_in_schema[0]));
  for (const name of names) {
    if (name === undefined) continue;
    const reason = await read([name]);
    if (typeof reason === 'string') return `column ${JSON.stringify(name)}: ${reason}`;
  }
  return rows;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^parquet /, '').replace(/\.$/, '');
}
