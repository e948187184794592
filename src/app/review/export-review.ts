// `lorch data review --export`: writes the drawn rows as a sheet for a reviewer without a terminal.
import { UserError } from '../../diagnostics/user-error.ts';
import { writeNewFile } from '../files/new-file.ts';
import { readReviewLog, reviewLogPath } from '../sources/verdict-log.ts';
import { fetchRows } from './fetch-rows.ts';
import { inheritedEntries } from './inherited-entries.ts';
import { loadReview, orderOf } from './load-review.ts';
import { openPopulation, type ReviewedFiles } from './population.ts';
import { sheetRow, writeSheet } from './review-sheet.ts';

/** `csv` or `jsonl`, by a file's name. Throws UserError V009 for any other. */
export function sheetKind(path: string): 'csv' | 'jsonl' {
  if (/\.csv$/i.test(path)) return 'csv';
  if (/\.jsonl$/i.test(path)) return 'jsonl';
  throw new UserError('V009', `${path} is neither .csv nor .jsonl`, {
    hint: 'name the sheet .csv or .jsonl',
  });
}

/** Writes the first `count` rows of the order and returns how many. Throws UserError V003, V009, D091, D095 (the file exists). */
export async function exportReview(reviewed: ReviewedFiles, count: number, out: string): Promise<number> {
  const kind = sheetKind(out);
  const population = await openPopulation(reviewed);
  const [first] = reviewed.files;
  const log = first ? await readReviewLog(reviewLogPath(first.path)) : null;
  const entries = [...(await inheritedEntries(reviewed)), ...(log?.entries ?? [])];
  const { version } = loadReview(reviewed, population, entries);
  const { index, fingerprint } = population;
  const order = orderOf(version?.draw.dataset ?? fingerprint, version?.list ?? index, count);
  const here = order.filter((row) => index.has(row));
  const rows = await fetchRows(
    reviewed,
    population,
    here.map((row) => index.find(row)),
  );
  const sheet = order.flatMap((row, position) => {
    const found = rows.get(row);
    return found ? [sheetRow(found, position)] : [];
  });
  await writeNewFile(out, writeSheet(sheet, kind), 0o600);
  return sheet.length;
}
