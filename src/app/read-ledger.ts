// The ledger of a run folder: which rows trained, which validated.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { UserError } from '../diagnostics/user-error.ts';

export interface LedgerRows {
  train: Set<string>;
  validation: Set<string>;
}

/** Row fingerprints by split, of a `ledger.jsonl.gz`. Throws UserError R150 where it is missing or broken. */
export async function readLedgerRows(path: string): Promise<LedgerRows> {
  const rows: LedgerRows = { train: new Set(), validation: new Set() };
  const file = createReadStream(path);
  const unzipped = file.pipe(createGunzip());
  // pipe() passes no errors on; a missing file must reach the loop below.
  file.on('error', (error) => unzipped.destroy(error));
  try {
    for await (const line of createInterface({ input: unzipped })) {
      const entry = JSON.parse(line) as { fate: string; fingerprint: string | null };
      if (entry.fingerprint && (entry.fate === 'train' || entry.fate === 'validation'))
        rows[entry.fate].add(entry.fingerprint);
    }
  } catch (error) {
    throw new UserError('R150', `the ledger ${path} cannot be read`, {
      hint: 'the run folder is damaged; rows cannot be compared without it',
      exitCode: 1,
      cause: error,
    });
  }
  return rows;
}
