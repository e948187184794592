// `lorch data versions`: a dataset file and the files it was made from, as far back as the lineage records go.
import { dirname, relative, resolve } from 'node:path';
import type { Lineage, LineageParent } from '../../dataset/lineage.ts';
import { scanDataset } from '../../dataset/scan/scan.ts';
import { isMisnamed, systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { hashFile } from '../../hosts/hash-file.ts';
import { usableRows } from '../sources/dataset-checks.ts';
import { readLineage } from '../sources/read-lineage.ts';

/**
 * `as_recorded`: the bytes are those that the record names. `same_rows`: other bytes, but the same rows by fingerprint.
 * `changed`: other bytes. `gone`: no such file. `elsewhere`: stdin, or the hub. `unrecorded`: nothing says what the
 * bytes should be.
 */
export type VersionState = 'as_recorded' | 'same_rows' | 'changed' | 'gone' | 'elsewhere' | 'unrecorded';

export interface DatasetVersion {
  /** Relative to the current folder, or `hf://…`; null for rows that came from stdin. */
  file: string | null;
  state: VersionState;
  /** SHA-256 of the file now; null if there is no file. */
  sha256: string | null;
  /** As recorded beside the file, or beside the file made from it. */
  rows: number | null;
  fingerprint: string | null;
  /** The record beside it; null if there is none. */
  made_by: Lineage['made_by'] | null;
  ledger: Lineage['ledger'] | null;
  parents: DatasetVersion[];
}

/** Follows the records from `path` (absolute) back through its parents. Throws UserError D090 (no such file), D197 (a record is unreadable). */
export async function traceLineage(path: string, cwd: string): Promise<DatasetVersion> {
  const version = await trace(path, null, cwd, new Set());
  if (version.state === 'gone' && version.made_by === null)
    throw new UserError('D090', `There is no file ${relative(cwd, path)}.`, { hint: `looked from ${cwd}` });
  return version;
}

/** Whether a file no longer matches its record. */
export function hasChanged(version: DatasetVersion): boolean {
  return version.state === 'changed' || version.parents.some(hasChanged);
}

// `seen` has the files on the way here, so that a record that names itself ends the walk.
async function trace(
  path: string,
  asParent: LineageParent | null,
  cwd: string,
  seen: ReadonlySet<string>,
): Promise<DatasetVersion> {
  const record = await readLineage(path, relative(cwd, path));
  const sha256 = await hashFile(path).catch((error: unknown) => ifMissing(error, relative(cwd, path)));
  // The child's record says which bytes were read; the file's own record says which were written.
  const own = record && (asParent === null || record.sha256 === asParent.sha256) ? record : null;
  const expected = asParent?.sha256 ?? own?.sha256 ?? null;
  const parents: DatasetVersion[] = [];
  if (own && !seen.has(path))
    for (const parent of own.parents)
      parents.push(
        parent.path === null || parent.path.startsWith('hf://')
          ? elsewhere(parent)
          : await trace(resolve(dirname(path), parent.path), parent, cwd, new Set([...seen, path])),
      );
  return {
    file: relative(cwd, path),
    state: await stateOf(path, cwd, sha256, expected, own),
    sha256,
    rows: own?.rows ?? asParent?.rows ?? null,
    fingerprint: own?.fingerprint ?? null,
    made_by: own?.made_by ?? null,
    ledger: own?.ledger ?? null,
    parents,
  };
}

async function stateOf(
  path: string,
  cwd: string,
  sha256: string | null,
  expected: string | null,
  record: Lineage | null,
): Promise<VersionState> {
  if (sha256 === null) return 'gone';
  if (expected === null) return 'unrecorded';
  if (sha256 === expected) return 'as_recorded';
  if (!record || record.fingerprint === null) return 'changed';
  const sources = [{ path, label: path }];
  const { fingerprint, ledger, rows } = await scanDataset(sources, {
    format: 'auto',
    onError: 'drop',
    duplicates: { exact: 'keep' },
    split: null,
    checks: await usableRows({ cwd, env: {}, sources }),
  });
  return fingerprint === record.fingerprint && ledger.kept === rows ? 'same_rows' : 'changed';
}

function elsewhere({ path, sha256, rows }: LineageParent): DatasetVersion {
  const nothing = { fingerprint: null, made_by: null, ledger: null, parents: [] };
  return { file: path, state: 'elsewhere', sha256, rows, ...nothing };
}

function ifMissing(error: unknown, label: string): null {
  const { code } = error as NodeJS.ErrnoException;
  if (['ENOENT', 'ENOTDIR'].includes(code ?? '')) return null;
  if (code === 'EISDIR')
    throw new UserError('D090', `${label || '.'} is a folder.`, { hint: 'name a dataset file in it' });
  const exitCode = isMisnamed(error) ? 2 : 3;
  throw new UserError('D091', `${label} cannot be read: ${systemReason(error)}.`, { exitCode, cause: error });
}
