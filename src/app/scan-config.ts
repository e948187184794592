// The dataset section of a config, scanned; what it refuses stops the plan here.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DatasetSection } from '../config/schema/dataset.ts';
import { preference } from '../dataset/formats/preference.ts';
import type { DataSource } from '../dataset/scan.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { PlanRequest } from './make-plan.ts';
import { type ScannedRows, scanRows } from './scan-rows.ts';

/**
 * Scans into `dir`. Throws UserError D045 where rows are preference pairs, and P002 where rows have errors and the
 * config refuses them.
 */
export async function scanConfig(
  request: PlanRequest,
  dataset: DatasetSection,
  dir: string,
): Promise<ScannedRows> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { validation } = dataset;
  const source = (label: string, role: DataSource['role']): DataSource => ({
    path: resolve(request.workspace.root, label),
    label,
    ...(role ? { role } : {}),
  });
  const sources = [
    // First: of two equal rows the one in validation stays, and the other leaves training.
    ...(Array.isArray(validation) ? validation.map((label) => source(label, 'validation')) : []),
    ...dataset.train.map((label) => source(label, 'train')),
  ];
  const scan = await scanRows(
    sources,
    {
      format: dataset.format,
      onError: dataset.on_error,
      duplicates: dataset.duplicates,
      split: validation && !Array.isArray(validation) ? validation : null,
    },
    dir,
    (done) => request.onProgress({ label: 'reading rows', done, total: null }),
  );
  refusePairs(scan);
  if (scan.result.refused) throw refusal(scan, dataset);
  return scan;
}

// Checked by the scan like other rows, but no trainer here learns from pairs.
function refusePairs({ result, pairs }: ScannedRows): void {
  if (pairs === 0) return;
  const file = result.files.find(({ format }) => format === preference.name)?.path ?? result.files[0]?.path;
  throw new UserError('D045', `${file} holds preference pairs, which this version does not train on`, {
    hint: `write the chosen answers to a file of their own: lorch data convert ${file} --to chatml --allow-loss -o chosen.jsonl`,
  });
}

function refusal({ result, findings }: ScannedRows, dataset: DatasetSection): UserError {
  const errors = [...findings.values()]
    .flatMap(({ first }) => first)
    .filter(({ severity }) => severity === 'error');
  const total = result.errors.rows + result.errors.files;
  const files = dataset.train.join(' ');
  return new UserError('P002', `the dataset has ${total} error${total === 1 ? '' : 's'}`, {
    findings: errors.slice(0, 20),
    exitCode: 1,
    hint:
      result.errors.files > 0
        ? `\`lorch data check ${files}\` shows them all`
        : `mend the rows (\`lorch data check ${files}\` shows them all), or let them leave: dataset.on_error: drop`,
  });
}
