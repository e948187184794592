// What a review draws from: every row of the dataset that training may use. Held are fingerprints and places, no texts.
import { createHash } from 'node:crypto';
import { dirname, relative } from 'node:path';
import type { CheckSettings } from '../../dataset/check-settings.ts';
import { createPlaceList, type PlaceList } from '../../dataset/place-list.ts';
import { createFingerprintIndex, type FingerprintIndex } from '../../dataset/review/fingerprint-index.ts';
import { type DataSource, type ScanOptions, type ScanSink, scanDataset } from '../../dataset/scan.ts';
import { UserError } from '../../diagnostics/user-error.ts';

export interface ReviewedFiles {
  /** Absolute paths and what users call them; the review's log lies beside the first. */
  files: readonly { path: string; label: string }[];
  /** A format's name, or `auto`. */
  format: string;
  checks?: CheckSettings;
  onProgress?(rows: number, bytes: number): void;
}

export interface Population {
  /** Of the rows that may be drawn: what `lorch data stats` shows for the same files. */
  fingerprint: string;
  /** Those rows in the order of the files; error findings and exact duplicates left out. */
  index: FingerprintIndex;
  /** Where each of them stands, by its number in the index. */
  places: PlaceList;
  /** Whether reading the drawn rows says something about this row: it is one of them, or repeats one. */
  covers(fingerprint: string): boolean;
  /** The format of each file, by its label. */
  formats: ReadonlyMap<string, string>;
  /** Rows that no review reads, by code. */
  left: Record<string, number>;
  /** Places of findings for each code, a bounded and reproducible choice; empty unless asked for. */
  flagged: ReadonlyMap<string, readonly FlaggedPlace[]>;
}

export interface FlaggedPlace {
  file: string;
  line: number;
  column: number;
}

// So many findings of a code can be read at most: far more than its precision needs.
const flaggedPerCode = 300;

/** How every part of a review scans: as training does with `on_error: drop`, without a split. */
export function reviewScan({ format, checks }: Pick<ReviewedFiles, 'format' | 'checks'>): ScanOptions {
  return { format, onError: 'drop', duplicates: { exact: 'drop' }, split: null, ...(checks && { checks }) };
}

/** Scans the files once more with the options of a review. */
export async function scanReviewed(reviewed: ReviewedFiles, sink: ScanSink) {
  const sources: DataSource[] = reviewed.files.map(({ path, label }) => ({ path, label }));
  return await scanDataset(sources, reviewScan(reviewed), {
    ...sink,
    ...(reviewed.onProgress && { onProgress: reviewed.onProgress }),
  });
}

/** Reads which rows there are. Throws UserError V003 where there is none to read. */
export async function openPopulation(reviewed: ReviewedFiles, wantsFlagged = false): Promise<Population> {
  const index = createFingerprintIndex();
  const repeated = createFingerprintIndex();
  const places = createPlaceList();
  const flagged = createFlagged(wantsFlagged);
  const result = await scanReviewed(reviewed, {
    onExample(_split, { fingerprint, place }) {
      const before = index.rows;
      if (index.add(fingerprint) === before) places.add(place, 'train');
    },
    onLedger({ fate, fingerprint }) {
      if (fate === 'dropped' && fingerprint !== null) repeated.add(fingerprint);
    },
    ...(wantsFlagged && { onFinding: flagged.add }),
  });
  if (index.rows === 0)
    throw new UserError(
      'V003',
      `${reviewed.files.map(({ label }) => label).join(', ')} has no row to review`,
      {
        hint: `\`lorch data check ${reviewed.files.map(({ label }) => label).join(' ')}\` says why`,
        exitCode: 1,
      },
    );
  return {
    fingerprint: result.fingerprint ?? '',
    index,
    places,
    covers: (fingerprint) => index.has(fingerprint) || repeated.has(fingerprint),
    formats: new Map(result.files.map(({ path, format }) => [path, format])),
    left: result.ledger.dropped,
    flagged: flagged.byCode,
  };
}

/** The files of a review as its log names them: those beside the first, relative to its folder. */
export function otherFiles({ files }: Pick<ReviewedFiles, 'files'>): string[] {
  const [first, ...others] = files;
  return first ? others.map(({ path }) => relative(dirname(first.path), path)) : [];
}

// Of each code the findings whose places hash lowest: the same ones every time, from all over the files.
function createFlagged(wanted: boolean) {
  const byCode = new Map<string, (FlaggedPlace & { key: string })[]>();
  return {
    byCode,
    add(finding: import('../../diagnostics/finding.ts').Finding): void {
      const { code, severity, at } = finding;
      if (!wanted || severity === 'error' || at?.line === undefined || at.column === undefined) return;
      const { file, line, column } = at;
      const key = createHash('sha256').update(`${file}\0${line}\0${column}`).digest('base64');
      const list = byCode.get(code) ?? [];
      byCode.set(code, list);
      const last = list.at(-1);
      if (list.length >= flaggedPerCode && last && key >= last.key) return;
      const to = list.findIndex((each) => each.key > key);
      list.splice(to < 0 ? list.length : to, 0, { file, line, column, key });
      if (list.length > flaggedPerCode) list.pop();
    },
  };
}
