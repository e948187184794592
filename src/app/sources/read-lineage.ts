// The lineage record beside a dataset file.
import { readFile } from 'node:fs/promises';
import { type Lineage, lineagePath, parseLineage } from '../../dataset/lineage.ts';
import { systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';

/** The record of the dataset at `path`, named `label` for users; null if there is none. Throws UserError D091, D197. */
export async function readLineage(path: string, label: string): Promise<Lineage | null> {
  let text: string;
  try {
    text = await readFile(lineagePath(path), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw new UserError('D091', `${lineagePath(label)} cannot be read: ${systemReason(error)}.`, {
      exitCode: 3,
      cause: error,
    });
  }
  const record = parseLineage(text);
  if (!record)
    throw new UserError(
      'D197',
      `${lineagePath(label)} is not a lineage record, or it is from a later version of lorch.`,
      {
        hint: 'restore it from version control, or remove it to continue without it',
      },
    );
  return record;
}
