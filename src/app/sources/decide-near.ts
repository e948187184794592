// Decides near-duplicates of a config's rows before the scan.
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { NearRow } from '../../dataset/duplicates/inspect-pairs.ts';
import {
  defaultNear,
  findNearDuplicates,
  type NearOptions,
} from '../../dataset/duplicates/near-duplicates.ts';
import { nearFindings } from '../../dataset/duplicates/near-findings.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import type { DataSource, DecidedRow, ScanOptions } from '../../dataset/scan/scan-types.ts';
import type { Split } from '../../dataset/split.ts';

/** `dataset.duplicates.near` of a config. */
export type NearSettings = Pick<NearOptions, 'threshold' | 'n' | 'action' | 'keep'>;

/**
 * The fate of rows that resemble others, by their numbers in a scan of the same sources. A kept row of a
 * group has the key of the group's first row, so that a split keeps the group together.
 */
export async function decideNear(
  sources: readonly DataSource[],
  options: ScanOptions,
  settings: NearSettings,
  onProgress: (rows: number) => void,
): Promise<Map<number, DecidedRow>> {
  const [held, trained] = (['validation', 'train'] as const).map((role) =>
    sources.filter((source) => (source.role ?? 'train') === role),
  ) as [DataSource[], DataSource[]];
  const scan: ScanOptions = { ...options, duplicates: { exact: 'keep' }, split: null };
  // Numbers count over all sources, validation first, in the order of the later scan.
  const firstTrained =
    held.length === 0 ? 0 : (await scanDataset(held, { ...scan, fingerprints: false })).rows;
  async function* rows(): AsyncGenerator<NearRow> {
    yield* examplesOf(trained, scan, 'train', firstTrained, onProgress);
    yield* examplesOf(held, scan, 'validation', 0, onProgress);
  }
  const near = await findNearDuplicates(rows, { ...defaultNear, ...settings });
  const decided = new Map<number, DecidedRow>();
  const change = (row: number, more: Partial<DecidedRow>): void => {
    decided.set(row, { leaves: null, findings: [], group: null, ...decided.get(row), ...more });
  };
  for (const { row, code, of } of near.dropped) change(row.place.row, { leaves: { code, of: of.place } });
  for (const { members } of near.groups)
    for (const { place } of members) change(place.row, { group: members[0]?.duplicateKey ?? null });
  for (const { row, finding } of nearFindings(near))
    change(row, { findings: [...(decided.get(row)?.findings ?? []), finding] });
  return decided;
}

// The scan pushes rows and the reader pulls them; the stream in between slows down whichever is faster.
async function* examplesOf(
  sources: readonly DataSource[],
  options: ScanOptions,
  side: Split,
  firstRow: number,
  onProgress: (rows: number) => void,
): AsyncGenerator<NearRow> {
  const rows = new PassThrough({ objectMode: true, highWaterMark: 256 });
  const found = { row: -1, count: 0 };
  const scanned = scanDataset(sources, options, {
    onFinding(_finding, row) {
      if (!row) return;
      found.count = row.row === found.row ? found.count + 1 : 1;
      found.row = row.row;
    },
    onExample(_split, { row, example, place }) {
      // The reader has everything it needs.
      if (rows.destroyed) return;
      const findings = found.row === row ? found.count : 0;
      const next: NearRow = { example, side, findings, place: { ...place, row: row + firstRow } };
      if (!rows.write(next))
        return Promise.race([once(rows, 'drain'), once(rows, 'close')]).then(() => undefined);
    },
    onProgress,
  });
  scanned.then(
    () => rows.end(),
    (error: unknown) => rows.destroy(error as Error),
  );
  yield* rows;
  await scanned;
}
