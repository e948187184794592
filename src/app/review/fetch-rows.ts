// Reads the texts and findings of the few rows to review, in one more pass over the files.
import type { Example, RowPlace } from '../../dataset/example.ts';
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

// The most findings shown for a row, which may have thousands.
const findingsPerRow = 100;

/** Reads the rows with these numbers (in the population's index). Throws UserError V012 if the files changed meanwhile. */
export async function fetchRows(
  reviewed: ReviewedFiles,
  { index, places }: Population,
  wanted: readonly number[],
): Promise<Map<string, ReviewRow>> {
  const findings = new Map(wanted.map((number): [number, Finding[]] => [places.get(number).of.row, []]));
  const fingerprints = new Set(wanted.map((number) => index.at(number)));
  const rows = new Map<string, ReviewRow>();
  await scanReviewed(reviewed, {
    onExample(_split, { row, fingerprint, place, example, text }) {
      const found = findings.get(row);
      if (found && fingerprints.has(fingerprint))
        rows.set(fingerprint, { fingerprint, place, example, text, findings: found });
    },
    onFinding(finding, found) {
      const list = found && findings.get(found.row);
      if (list && list.length < findingsPerRow) list.push(finding);
    },
  });
  if (rows.size !== fingerprints.size)
    throw new UserError('V012', 'the dataset changed while it was read', {
      hint: 'start the review again; the verdicts so far are kept',
      exitCode: 1,
    });
  return rows;
}
