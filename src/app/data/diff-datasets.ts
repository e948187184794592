// `lorch data diff`: which rows one version of a dataset has and another does not, by row fingerprint and in any format.
import { exactDuplicate } from '../../dataset/checks/structure/exact-duplicate.ts';
import { compareTables } from '../../dataset/diff/compare-tables.ts';
import { createRowTable, type RowTable } from '../../dataset/diff/row-table.ts';
import type { Example, RowPlace } from '../../dataset/example.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { DataSource, ScanOptions, ScanResult } from '../../dataset/scan/scan-types.ts';
import { spoolStdin } from '../files/spool-stdin.ts';
import { refuseChanged } from '../sources/assign-sides.ts';
import { refuseDamaged } from '../sources/damaged-file.ts';
import { usableRows } from '../sources/dataset-checks.ts';
import { type DatasetRequest, openSources, readFormat } from '../sources/dataset-sources.ts';

export interface DiffRequest extends Omit<DatasetRequest, 'patterns'> {
  /** One argument each: a file, a pattern or `-`. */
  a: string;
  b: string;
  /** Rows listed of each kind; null lists them all. */
  max: number | null;
}

export interface DiffedRow {
  place: RowPlace;
  fingerprint: string;
  example: Example;
}

/** Their number, and those that are listed. */
export interface Listed<T> {
  count: number;
  listed: T[];
}

export interface DatasetDiff {
  a: DiffSide;
  b: DiffSide;
  /** Whether both have the same rows, in any order and with any metadata. */
  equal: boolean;
  same: number;
  moved: number;
  metadata: Listed<{ a: DiffedRow; b: DiffedRow }>;
  changed: Listed<{ a: DiffedRow; b: DiffedRow; by: 'id' | 'prompt' }>;
  added: Listed<DiffedRow>;
  removed: Listed<DiffedRow>;
}

export interface DiffSide {
  name: string;
  format: ScanResult['format'];
  rows: number;
  /** Fingerprint of all rows, counting repeated rows each time. */
  fingerprint: string | null;
  /** Rows that repeat an earlier one. Other commands skip them, and so show another fingerprint. */
  repeats: number;
  /** Rows with errors have no fingerprint and cannot be compared: how many, by code. */
  left_out: Record<string, number>;
}

interface ReadSide {
  sources: readonly DataSource[];
  result: ScanResult;
  table: RowTable;
}

/** Compares. Throws UserError D090, D091, D093, and the code of what is damaged if a part of a file is missing. */
export async function diffDatasets(request: DiffRequest): Promise<DatasetDiff> {
  const format = await readFormat(request);
  const open = async (pattern: string) => {
    const named = await openSources({ ...request, patterns: [pattern] });
    const checks = await usableRows({ ...request, sources: named });
    const options: ScanOptions = {
      format,
      onError: 'drop',
      duplicates: { exact: 'keep' },
      split: null,
      // Repeated rows are compared, and counted.
      checks: { ...checks, [exactDuplicate.code]: 'note' },
    };
    return { ...(await spoolStdin(named)), options };
  };
  const opened = { a: await open(request.a), b: await open(request.b) };
  try {
    const a = await readSide(opened.a.sources, opened.a.options, request.onProgress);
    const b = await readSide(opened.b.sources, opened.b.options, request.onProgress);
    const { same, moved, ...kinds } = compareTables(a.table, b.table);
    const most = request.max ?? Number.POSITIVE_INFINITY;
    const { metadata, changed, added, removed } = kinds;
    const wanted = { a: new Set<number>(), b: new Set<number>() };
    for (const { a: left, b: right } of [...metadata.slice(0, most), ...changed.slice(0, most)]) {
      wanted.a.add(left);
      wanted.b.add(right);
    }
    for (const each of removed.slice(0, most)) wanted.a.add(each);
    for (const each of added.slice(0, most)) wanted.b.add(each);
    const rowsOfA = await fetchRows(a, opened.a.options, wanted.a);
    const rowsOfB = await fetchRows(b, opened.b.options, wanted.b);
    const list = <T, U>(all: readonly T[], show: (each: T) => U): Listed<U> => ({
      count: all.length,
      listed: all.slice(0, most).map(show),
    });
    const sides = { a: describe(request.a, a.result), b: describe(request.b, b.result) };
    return {
      ...sides,
      equal: sameBytes(a.result, b.result) || sameRows(a.result, b.result),
      same,
      moved,
      metadata: list(metadata, (pair) => ({ a: rowsOfA(pair.a), b: rowsOfB(pair.b) })),
      changed: list(changed, (pair) => ({ a: rowsOfA(pair.a), b: rowsOfB(pair.b), by: pair.by })),
      added: list(added, rowsOfB),
      removed: list(removed, rowsOfA),
    };
  } finally {
    await opened.a.dispose();
    await opened.b.dispose();
  }
}

async function readSide(
  sources: readonly DataSource[],
  options: ScanOptions,
  onProgress: DiffRequest['onProgress'],
): Promise<ReadSide> {
  const table = createRowTable();
  const result = await scanDataset(sources, options, {
    onExample: (_side, row) => table.add(row),
    onFinding: refuseDamaged,
    ...(onProgress && { onProgress }),
  });
  return { sources, result, table };
}

// The second reading of a side keeps only the rows that are shown.
async function fetchRows(
  { sources, result, table }: ReadSide,
  options: ScanOptions,
  wanted: ReadonlySet<number>,
): Promise<(index: number) => DiffedRow> {
  const rows = new Map([...wanted].map((index) => [table.rowOf(index), index]));
  const found = new Map<number, DiffedRow>();
  if (wanted.size > 0) {
    const again = await scanDataset(sources, options, {
      onExample(_side, { row, example, fingerprint, place }) {
        const index = rows.get(row);
        if (index !== undefined) found.set(index, { place, fingerprint, example });
      },
    });
    refuseChanged(result.files, again.files);
  }
  return (index) => {
    const row = found.get(index);
    if (!row) throw new Error(`row ${table.rowOf(index)} was not read again`);
    return row;
  };
}

function describe(name: string, { format, rows, fingerprint, ledger, findingsByCode }: ScanResult): DiffSide {
  const repeats = findingsByCode[exactDuplicate.code] ?? 0;
  return { name, format, rows, fingerprint, repeats, left_out: ledger.dropped };
}

function sameRows(a: ScanResult, b: ScanResult): boolean {
  const whole = ({ rows, ledger }: ScanResult): boolean => ledger.kept === rows;
  return whole(a) && whole(b) && a.fingerprint === b.fingerprint;
}

function sameBytes(a: ScanResult, b: ScanResult): boolean {
  const hashes = ({ files }: ScanResult): string => files.map(({ sha256 }) => sha256).join();
  return hashes(a) === hashes(b);
}
