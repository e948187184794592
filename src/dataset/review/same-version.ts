// Whether a changed dataset is still the reviewed one: only its rejected rows were removed, and only its
// edits were added. A dataset's fingerprint hashes all its rows, so undoing these changes proves it without the old file.
import { createFingerprintSet } from '../fingerprint.ts';
import type { DrawEntry } from './entries.ts';
import type { ReviewState } from './fold-log.ts';
import type { FingerprintList } from './permutation.ts';

export interface ReviewedVersion {
  draw: DrawEntry;
  /** All rows of the version that was drawn from: those of now, less the edits, with the rows that have left. */
  list: FingerprintList;
}

/**
 * The reviewed version behind the rows of now: the draw whose fingerprint they give, as they are or with the review's own
 * changes taken back. The earliest if several do. `has` tells the rows of now.
 */
export function findReviewedVersion(
  state: ReviewState,
  draws: readonly DrawEntry[],
  now: FingerprintList & { fingerprint: string; has(row: string): boolean },
): ReviewedVersion | null {
  for (const draw of draws) {
    if (draw.dataset === now.fingerprint) return { draw, list: now };
    const { left, came } = changesOf(state, draw.dataset, now.has);
    if (now.rows - came.size + left.length !== draw.rows || left.length + came.size === 0) continue;
    const list = takeBack(now, left, came);
    if (digest(list) === draw.dataset) return { draw, list };
  }
  return null;
}

function changesOf(
  state: ReviewState,
  dataset: string,
  has: (row: string) => boolean,
): { left: string[]; came: Set<string> } {
  const left: string[] = [];
  const came = new Set<string>();
  for (const { row, verdicts, settled } of state.rows.values()) {
    const said = [...verdicts.values(), ...(settled ? [settled] : [])];
    if (!said.some((each) => each.dataset === dataset)) continue;
    for (const { edit } of said) if (edit && has(edit.fingerprint)) came.add(edit.fingerprint);
    if (!has(row)) left.push(row);
  }
  // An edit may itself have been read, rejected or edited since: it never was a row of that version.
  const made = new Set(
    [...state.rows.values()].flatMap(({ verdicts, settled }) =>
      [...verdicts.values(), ...(settled ? [settled] : [])].flatMap(({ edit }) =>
        edit ? [edit.fingerprint] : [],
      ),
    ),
  );
  return { left: left.filter((row) => !made.has(row)), came };
}

function takeBack(now: FingerprintList, left: readonly string[], came: ReadonlySet<string>): FingerprintList {
  const bytes = Buffer.alloc((now.rows + left.length) * 32);
  let rows = 0;
  for (let i = 0; i < now.rows; i += 1) {
    const row = now.bytes.subarray(i * 32, i * 32 + 32);
    if (came.size > 0 && came.has(row.toString('hex'))) continue;
    row.copy(bytes, rows * 32);
    rows += 1;
  }
  for (const row of left) {
    bytes.write(row, rows * 32, 'hex');
    rows += 1;
  }
  return { bytes, rows };
}

function digest({ bytes, rows }: FingerprintList): string {
  const set = createFingerprintSet();
  for (let i = 0; i < rows; i += 1) set.add(bytes.toString('latin1', i * 32, i * 32 + 32));
  return set.digest();
}
