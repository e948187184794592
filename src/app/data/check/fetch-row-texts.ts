// The texts of a few rows that a scan has already passed: one more pass over the files, without checks.

import { checks } from '../../../dataset/checks/index.ts';
import type { CheckSettings } from '../../../dataset/scan/check-settings.ts';
import { scanDataset } from '../../../dataset/scan/scan.ts';
import type { DataSource, ScanOptions } from '../../../dataset/scan/scan-types.ts';

/** Raw JSON by row number, of the kept rows among `rows`. Empty for a stream, which can be read only once. */
export async function fetchRowTexts(
  sources: readonly DataSource[],
  format: ScanOptions['format'],
  rows: ReadonlySet<number>,
): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  if (rows.size === 0 || sources.some(({ stream }) => stream)) return texts;
  const off: CheckSettings = Object.fromEntries(
    checks.filter(({ fatal }) => !fatal).map(({ code }) => [code, 'off']),
  );
  await scanDataset(
    sources,
    { format, onError: 'drop', duplicates: { exact: 'keep' }, split: null, checks: off },
    {
      onExample(_split, { row, text }) {
        if (rows.has(row)) texts.set(row, text);
      },
    },
  );
  return texts;
}
