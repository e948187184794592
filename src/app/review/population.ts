// The rows that a review draws from: every row of the dataset that training may use. Keeps fingerprints and places, not texts.
import { hash } from 'node:crypto';
import { dirname, relative } from 'node:path';
import type { FieldMapping } from '../../dataset/formats/field-mapping.ts';
import { createFingerprintIndex, type FingerprintIndex } from '../../dataset/review/fingerprint-index.ts';
import type { CheckSettings } from '../../dataset/scan/check-settings.ts';
import { createPlaceList, type PlaceList } from '../../dataset/scan/place-list.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type {
  DataSource,
  FoundRow,
  ScanOptions,
  ScanResult,
  ScanSink,
} from '../../dataset/scan/scan-types.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { spillToDisk } from '../files/spill-to-disk.ts';
import { withJudgePool } from '../sources/judge-pool.ts';

export interface ReviewedFile {
  path: string;
  label: string;
  /** The file's own format, if it has one. */
  format?: string | FieldMapping;
}

export interface ReviewedFiles {
  /** Absolute paths and the names for users; the review's log is beside the first file. */
  files: readonly ReviewedFile[];
  /** A format's name, `auto`, or a mapping of the rows' fields; files may have their own. */
  format: string | FieldMapping;
  checks?: CheckSettings;
  onProgress?(rows: number, bytes: number): void;
}

export interface Population {
  /** Fingerprint of the rows that may be drawn, as `lorch data stats` shows it for the same files. */
  fingerprint: string;
  /** Those rows in the order of the files, without rows with errors and exact duplicates. */
  index: FingerprintIndex;
  /** The place of each row, by its number in the index; the column is not known. */
  places: PlaceList;
  /** Whether this row is in the population, or repeats a row of it. */
  covers(fingerprint: string): boolean;
  /** The format of each file, by its label. */
  formats: ReadonlyMap<string, string>;
  /** The mappings that were inferred from the rows of files, by label. */
  mappings: ReadonlyMap<string, FieldMapping>;
  /** Rows that no review reads, by code. */
  left: Record<string, number>;
  /** For each code, scan numbers of rows with such a finding: a limited, reproducible choice; empty unless asked for. */
  flagged: ReadonlyMap<string, readonly number[]>;
}

// The most rows per code that can be read; far more than measuring its precision needs.
const flaggedPerCode = 300;

/** The scan options of every part of a review: those of training with `on_error: drop`, without a split. */
function reviewScan({ format, checks }: Pick<ReviewedFiles, 'format' | 'checks'>): ScanOptions {
  return { format, onError: 'drop', duplicates: { exact: 'drop' }, split: null, ...(checks && { checks }) };
}

/** Scans the files once more with the options of a review. */
export async function scanReviewed(reviewed: ReviewedFiles, sink: ScanSink): Promise<ScanResult> {
  const sources: DataSource[] = reviewed.files.map(({ path, label, format }) => ({
    path,
    label,
    ...(format !== undefined && { format }),
    spill: spillToDisk,
  }));
  return await withJudgePool(sources, (pool) =>
    scanDataset(
      sources,
      { ...reviewScan(reviewed), ...pool },
      { ...sink, ...(reviewed.onProgress && { onProgress: reviewed.onProgress }) },
    ),
  );
}

/** Finds which rows there are. Throws UserError V003 if there are none to read. */
export async function openPopulation(reviewed: ReviewedFiles, wantsFlagged = false): Promise<Population> {
  const index = createFingerprintIndex();
  const repeated = createFingerprintIndex();
  const places = createPlaceList();
  const flagged = createFlagged();
  const result = await scanReviewed(reviewed, {
    onLedger({ fate, fingerprint, row, file, line }) {
      if (fingerprint === null) return;
      const before = index.rows;
      if (fate === 'dropped') repeated.add(fingerprint);
      else if (index.add(fingerprint) === before) places.add({ row, file, line, column: 1 }, 'train');
    },
    ...(wantsFlagged && { onFinding: flagged.add }),
  });
  const labels = reviewed.files.map(({ label }) => label);
  if (index.rows === 0)
    throw new UserError('V003', `${labels.join(', ')} has no row to review`, {
      hint: `\`lorch data check ${labels.map(quotePath).join(' ')}\` says why`,
      exitCode: 1,
    });
  return {
    fingerprint: result.fingerprint ?? '',
    index,
    places,
    covers: (fingerprint) => index.has(fingerprint) || repeated.has(fingerprint),
    formats: new Map(result.files.map(({ path, format }) => [path, format])),
    mappings: new Map(result.files.flatMap(({ path, mapping }) => (mapping ? [[path, mapping]] : []))),
    left: result.ledger.dropped,
    flagged: flagged.rows(),
  };
}

/** The index number of a row, given its scan number; -1 if it is not in the population. */
export function numberOf({ index, places }: Population, row: number): number {
  let [low, high] = [0, index.rows];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places.get(middle).of.row < row) low = middle + 1;
    else high = middle;
  }
  return low < index.rows && places.get(low).of.row === row ? low : -1;
}

/** The other files of a review as its log names them, relative to the folder of the first. */
export function otherFiles({ files }: Pick<ReviewedFiles, 'files'>): string[] {
  const [first, ...others] = files;
  return first ? others.map(({ path }) => relative(dirname(first.path), path)) : [];
}

// For each code, the rows whose numbers have the lowest hashes: the same rows every time, spread over all files.
function createFlagged() {
  const byCode = new Map<string, { row: number; key: string }[]>();
  return {
    add({ code, severity }: Finding, found: FoundRow | null): void {
      if (severity === 'error' || found === null) return;
      const key = hash('sha256', String(found.row), 'base64');
      const list = byCode.get(code) ?? [];
      byCode.set(code, list);
      const last = list.at(-1);
      if (list.length >= flaggedPerCode && last && key >= last.key) return;
      const to = list.findIndex((each) => each.key >= key);
      if (list[to]?.key === key) return;
      list.splice(to < 0 ? list.length : to, 0, { row: found.row, key });
      if (list.length > flaggedPerCode) list.pop();
    },
    rows: () => new Map([...byCode].map(([code, list]) => [code, list.map(({ row }) => row)])),
  };
}
