// Copies a stream to disk while it is read, because a Parquet file is read from its end.
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRandomAccess, type RandomAccess } from '../../dataset/scan/random-access.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { makeTemporaryFolder } from './temporary-files.ts';

/** Writes `chunks` to a private file that is removed when it is closed. Throws UserError D097. */
export async function spillToDisk(chunks: AsyncIterable<Buffer>, label: string): Promise<RandomAccess> {
  const dir = await makeTemporaryFolder('lorch-spill-');
  try {
    const path = join(dir.path, 'rows');
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    return await openRandomAccess(path, label);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('D097', `${label} could not be written to ${tmpdir()}: ${reason}`, {
      hint: 'set TMPDIR to a folder with room, or name the plain file',
      exitCode: 3,
      cause: error,
    });
  } finally {
    // The open file stays readable without its name.
    await dir.remove();
  }
}
