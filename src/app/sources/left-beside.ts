// Removes what lorch wrote beside a deleted dataset, so that the next file of that name can be written.
import { access, readFile, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { lineagePath } from '../../dataset/lineage.ts';
import { ledgerPath } from './ledger-file.ts';

/** Removes lineage and ledger of `dataset` if the dataset is not there and the lineage says that it was its own. */
export async function removeLeftBeside(dataset: string): Promise<void> {
  const there = await access(dataset).then(
    () => true,
    () => false,
  );
  if (there || !(await namesDataset(dataset))) return;
  for (const path of [lineagePath(dataset), ledgerPath(dataset)]) await rm(path, { force: true });
}

async function namesDataset(dataset: string): Promise<boolean> {
  try {
    const record = JSON.parse(await readFile(lineagePath(dataset), 'utf8')) as {
      lorch?: unknown;
      file?: unknown;
    } | null;
    return record?.lorch === 1 && record.file === basename(dataset);
  } catch {
    return false;
  }
}
