// What to do next after a check, by what it found. How that is typed or clicked is the caller's matter.
import { unknownFormat } from '../../../dataset/checks/structure/unknown-format.ts';
import type { CheckedDataset } from './check-dataset.ts';

export type CheckStep =
  /** Check again: only what is not in this baseline fails. */
  | { step: 'check-new'; baseline: string }
  /** Check the fixed copy. */
  | { step: 'check-copy'; file: string }
  /** Show the certain fixes, or write them into a copy. */
  | { step: 'show-fixes' | 'write-fixes' }
  /** Say which field holds what, in a file whose format is unknown; null: in the first one. */
  | { step: 'map'; file: string | null }
  /** Rows have errors that nobody can fix but a person. */
  | { step: 'fix-by-hand' }
  | { step: 'dedup' };

/** The first of these steps that there is reason for. */
export function nextAfterCheck(checked: CheckedDataset): CheckStep {
  const { fixed, recorded, codes, found } = checked;
  if (recorded) return { step: 'check-new', baseline: recorded.file };
  if (fixed?.writtenTo) return { step: 'check-copy', file: fixed.writtenTo };
  if (fixed && fixed.rows > 0) return { step: 'write-fixes' };
  if (!fixed && codes.some(({ findings }) => findings.some(({ fix }) => fix))) return { step: 'show-fixes' };
  // Dropping rows would leave none of a file whose format is unknown.
  const unread = codes.find(({ code }) => code === unknownFormat.code);
  if (unread) return { step: 'map', file: unread.findings[0]?.at?.file ?? null };
  return { step: found.error > 0 ? 'fix-by-hand' : 'dedup' };
}
