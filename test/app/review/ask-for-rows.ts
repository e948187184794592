// The launch gate asked for a run on files of a review folder.
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { askGate } from '../../../src/app/review/ask-gate.ts';
import { chooseDatasetChecks } from '../../../src/app/sources/dataset-checks.ts';
import type { LedgerEntry } from '../../../src/dataset/ledger.ts';
import type { CheckSettings } from '../../../src/dataset/scan/check-settings.ts';
import { scanDataset } from '../../../src/dataset/scan/scan.ts';
import type { PlannedReview } from '../../../src/run/plan.ts';
import { type ReviewFolder, rule } from './review-folder.ts';

export interface Asked {
  /** `--unreviewed`. */
  reason?: string | null;
  /** Rows that the tokenisation leaves out. */
  drop?: (entry: LedgerEntry) => boolean;
  /** `dataset.checks` of the run. */
  checks?: CheckSettings;
}

/** The gate's answer for a run that trains and validates on these files. */
export async function askForRows(
  folder: ReviewFolder,
  names: string[],
  { reason = null, drop = () => false, checks = {} }: Asked = {},
): Promise<PlannedReview> {
  const files = names.map((name) => ({ path: folder.path(name), label: name }));
  const beside = await chooseDatasetChecks({ cwd: folder.dir, sources: files });
  const settings = { ...beside.checks.settings, ...checks };
  const lines: string[] = [];
  await scanDataset(
    files,
    {
      format: 'auto',
      onError: 'drop',
      duplicates: { exact: 'drop' },
      split: { fraction: 0.2, seed: 1 },
      checks: settings,
    },
    {
      onLedger: (entry) =>
        void lines.push(JSON.stringify(drop(entry) ? { ...entry, fate: 'dropped', code: 'T008' } : entry)),
    },
  );
  const ledger = folder.path('ledger.jsonl.gz');
  await writeFile(ledger, gzipSync(`${lines.join('\n')}\n`));
  return await askGate({
    files,
    rule,
    ledger,
    reason,
    checks: settings,
    config: folder.path('run.yaml'),
    mapped: false,
    cwd: folder.dir,
    onProgress: () => undefined,
  });
}
