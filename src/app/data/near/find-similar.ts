// Similar rows in `lorch data check`: how many there are, as one finding.
import { statSync } from 'node:fs';
import { formatNumber } from '../../../dataset/across/wording.ts';
import { similarRows } from '../../../dataset/checks/consistency/similar-rows.ts';
import type { RowFacts } from '../../../dataset/duplicates/inspect-pairs.ts';
import { defaultNear, type NearResult } from '../../../dataset/duplicates/near-duplicates.ts';
import { type CheckSettings, resolveSettings } from '../../../dataset/scan/check-settings.ts';
import type { DataSource, FoundRow, ScanOptions } from '../../../dataset/scan/scan-types.ts';
import type { Finding } from '../../../diagnostics/finding.ts';
import { quotePath } from '../../../diagnostics/quote-path.ts';
import { compareRows } from './compare-rows.ts';
import type { NearSource } from './near-sources.ts';

// With more rows than this, the comparison would take seconds and more memory than the scan.
const mostBytes = 200_000_000;
const namedRows = 3;

/** The finding over all rows; null if there are no such rows, or if the check is off. */
export async function findSimilar(
  sources: readonly DataSource[],
  format: ScanOptions['format'],
  settings: CheckSettings,
): Promise<{ finding: Finding; row: FoundRow } | null> {
  const { severityOf, thresholdsOf } = resolveSettings(settings);
  const severity = severityOf(similarRows);
  if (severity === null || sources.some(({ stream, limit }) => stream || limit !== undefined)) return null;
  if (sources.reduce((sum, { path }) => sum + statSync(path).size, 0) > mostBytes) return null;
  const { similarity = 0.8, rows: least = 2 } = thresholdsOf(similarRows);
  const opened = sources.map(
    (source): NearSource => ({
      ...source,
      side: 'train',
      origin: source,
      firstRow: 0,
      rows: 0,
      decided: null,
    }),
  );
  const { near } = await compareRows(
    opened,
    format,
    { ...defaultNear, threshold: similarity },
    () => undefined,
  );
  const found = rowsThatRepeat(near);
  const [first] = found;
  if (!first || found.length < least) return null;
  const total = opened.reduce((sum, { rows }) => sum + rows, 0);
  const share = Math.round((1000 * found.length) / total) / 10;
  const places = found.slice(0, namedRows).map(({ place }) => `${place.file}:${place.line}`);
  const { row, file, line, column } = first.place;
  const { code, name } = similarRows;
  return {
    finding: {
      code,
      name,
      severity,
      message: `${formatNumber(found.length)} of ${formatNumber(total)} rows (${share} %) say nearly the same as another row, such as ${places.join(', ')}.`,
      hint: `look at the pairs: lorch data dedup ${sources.map(({ label }) => quotePath(label)).join(' ')} --near ${similarity}`,
      at: { file, line, column },
      row,
      data: { rows: found.length, of: total, places },
    },
    row: { row, line, column, text: null, fingerprint: null },
  };
}

// Rows with a partner whose text differs, but not only in its numbers, and which is not another answer to the same prompt.
function rowsThatRepeat({ blocks }: NearResult): RowFacts[] {
  const found = new Map<number, RowFacts>();
  for (const { a, b, class: kind } of blocks) {
    if (kind === 'conflict' || kind === 'template') continue;
    const all = a === b ? a.rows : [...a.rows, ...b.rows];
    const [first] = all;
    const differ = all.some(({ duplicateKey }) =>
      duplicateKey.some((part, i) => part !== first?.duplicateKey[i]),
    );
    if (differ) for (const row of all) found.set(row.place.row, row);
  }
  return [...found.values()].sort((x, y) => x.place.row - y.place.row);
}
