// Parquet, row group by row group. A row's line is its number in the file, from 1: the file has no lines.
import { setImmediate } from 'node:timers/promises';
import type { FileMetaData, RowGroup } from 'hyparquet';
import { damagedParquet } from '../checks/damaged-parquet.ts';
import type { RandomAccess } from '../random-access.ts';
import { readColumns } from './parquet-columns.ts';
import { parquetParsers, type TableRow, toRawRow } from './parquet-values.ts';
import type { RawRow, ReadOptions, TableReader } from './raw-row.ts';

export const parquet: TableReader = {
  name: 'parquet',
  holds: 'Parquet',
  extensions: ['.parquet', '.pq'],
  detect: (head) => head.toString('latin1', 0, 4) === 'PAR1',
  readFile,
};

/** Rows given out at once. */
const batchRows = 500;
/** A group that claims more rows than this is damaged. */
const maxGroupRows = 100_000_000;

async function* readFile(file: RandomAccess, options: ReadOptions): AsyncGenerator<RawRow[]> {
  const metadata = await readFooter(file, options);
  const columns = metadata && (await readColumns(metadata));
  let before = 0;
  for (const [index, group] of (metadata?.row_groups ?? []).entries()) {
    const count = Number(group.num_rows);
    const rows = await readGroup(file, { ...(metadata as FileMetaData), row_groups: [group] });
    const lost =
      typeof rows === 'string'
        ? `Row group ${index + 1} (rows ${before + 1} to ${before + count}) cannot be read: ${rows}.`
        : null;
    for (let from = 0; from < count; from += batchRows)
      yield Array.from({ length: Math.min(batchRows, count - from) }, (_, i) => {
        const number = before + from + i + 1;
        if (lost !== null || typeof rows === 'string') return lostRow(number, lost ?? '');
        return toRawRow(rows[from + i] ?? {}, columns, number, options);
      });
    before += count;
  }
}

function lostRow(number: number, message: string): RawRow {
  const fault = { check: damagedParquet, message, offset: 0 };
  return { line: number, column: 1, text: '', value: undefined, fault, origin: { kind: 'table' } };
}

/** Null, with a remark, where no row can be found. */
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

// What a damaged footer may claim, and what would otherwise be believed.
function contradiction({ num_rows, row_groups }: FileMetaData): string | null {
  const sum = row_groups.reduce((rows, group) => rows + BigInt(group.num_rows), 0n);
  if (sum !== BigInt(num_rows)) return `${num_rows} rows, of which ${sum} stand in its row groups`;
  const fewer = (group: RowGroup): boolean =>
    group.columns.some(({ meta_data }) => (meta_data?.num_values ?? 0n) < group.num_rows);
  const impossible = ({ num_rows: rows }: RowGroup): boolean => rows < 0n || rows > maxGroupRows;
  const index = row_groups.findIndex((group) => impossible(group) || fewer(group));
  const group = row_groups[index];
  return group ? `row group ${index + 1} cannot have ${group.num_rows} rows` : null;
}

/** The rows of the only group in `metadata`, or why there are none. */
async function readGroup(file: RandomAccess, metadata: FileMetaData): Promise<TableRow[] | string> {
  const { parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const options = { metadata, compressors, utf8: false, parsers: parquetParsers };
  const wanted = Number(metadata.row_groups[0]?.num_rows ?? 0);
  const read = async (columns?: string[]): Promise<TableRow[] | string> => {
    // Where the schema contradicts the columns, hyparquet throws after it asked for bytes, and nobody would catch what it
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
      const rows = await parquetReadObjects({ ...options, file: gated, ...(columns && { columns }) });
      return rows.length === wanted ? rows : `${rows.length} of its ${wanted} rows are there`;
    } catch (error) {
      failed = true;
      return reasonOf(error);
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
