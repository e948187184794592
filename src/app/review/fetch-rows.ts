// The few rows that are to be read, with their texts and findings: one more pass over the files.
import type { Example, RowPlace } from '../../dataset/example.ts';
import { positionAt } from '../../dataset/text-position.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { type Population, type ReviewedFiles, scanReviewed } from './population.ts';

export interface ReviewRow {
  fingerprint: string;
  place: RowPlace;
  example: Example;
  /** The row's raw JSON. */
  text: string;
  findings: Finding[];
}

// A row with thousands of findings shows these.
const findingsPerRow = 100;

/** Reads the rows with these numbers (in the population's index). Throws UserError V012 where the files changed meanwhile. */
export async function fetchRows(
  reviewed: ReviewedFiles,
  population: Population,
  wanted: readonly number[],
): Promise<Map<string, ReviewRow>> {
  const rows = new Map<string, ReviewRow>();
  const fingerprints = new Set(wanted.map((number) => population.index.at(number)));
  const starts = startsByFile(population, wanted);
  const candidates = new Map<number, Finding[]>();
  await scanReviewed(reviewed, {
    onExample(_split, { fingerprint, place, example, text }) {
      if (fingerprints.has(fingerprint) && !rows.has(fingerprint))
        rows.set(fingerprint, { fingerprint, place, example, text, findings: [] });
    },
    onFinding(finding) {
      const { at } = finding;
      if (at?.line === undefined || at.column === undefined) return;
      const start = lastBefore(starts.get(at.file) ?? [], at.line, at.column);
      if (!start) return;
      const list = candidates.get(start.row) ?? [];
      candidates.set(start.row, list);
      if (list.length < findingsPerRow) list.push(finding);
    },
  });
  if (rows.size !== fingerprints.size)
    throw new UserError('V012', 'the dataset changed while it was read', {
      hint: 'start the review again; the verdicts so far are kept',
      exitCode: 1,
    });
  for (const row of rows.values()) {
    const end = positionAt(row.text, row.text.length, row.place);
    row.findings = (candidates.get(row.place.row) ?? []).filter(
      ({ at }) => at?.line !== undefined && compare(at.line, at.column ?? 1, end.line, end.column) <= 0,
    );
  }
  return rows;
}

/** The rows (numbers in the index) that the places may be in: for each the last that starts before it; each row once. */
export function rowsAt(
  { files }: ReviewedFiles,
  { places, index }: Population,
  wanted: readonly { file: string; line: number; column: number }[],
): number[] {
  const order = new Map(files.map(({ label }, i) => [label, i]));
  const found = wanted.flatMap(({ file, line, column }) => {
    const number =
      firstAfter(index.rows, (i) => {
        const { of } = places.get(i);
        const files = (order.get(of.file) ?? 0) - (order.get(file) ?? 0);
        return files || compare(of.line, of.column, line, column);
      }) - 1;
    return number >= 0 && places.get(number).of.file === file ? [number] : [];
  });
  return [...new Set(found)];
}

interface Start {
  line: number;
  column: number;
  /** Over all files, as the scan counts. */
  row: number;
}

function startsByFile({ places }: Population, numbers: readonly number[]): Map<string, Start[]> {
  const byFile = new Map<string, Start[]>();
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const { file, line, column, row } = places.get(number).of;
    const list = byFile.get(file) ?? [];
    list.push({ line, column, row });
    byFile.set(file, list);
  }
  return byFile;
}

function lastBefore(starts: readonly Start[], line: number, column: number): Start | undefined {
  const after = firstAfter(starts.length, (i) => {
    const at = starts[i] as Start;
    return compare(at.line, at.column, line, column);
  });
  return starts[after - 1];
}

/** The first index whose comparison is above 0, of a rising sequence. */
function firstAfter(length: number, compareAt: (i: number) => number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareAt(middle) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(lineA: number, columnA: number, lineB: number, columnB: number): number {
  return lineA - lineB || columnA - columnB;
}
