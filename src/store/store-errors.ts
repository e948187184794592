// Classifies SQLite errors by their code, without loading better-sqlite3.
import { UserError } from '../diagnostics/user-error.ts';

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return error instanceof Error && typeof code === 'string' && code.startsWith('SQLITE_') ? code : '';
}

/** Whether another process holds the write lock for longer than the timeout. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** Whether the database as a whole cannot be used now, whatever was asked of it. */
export function isStoreTrouble(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOMEM|CORRUPT|NOTADB|PROTOCOL|PERM|AUTH)/.test(
    codeOf(error),
  );
}

const full = {
  code: 'E051',
  says: 'the database cannot be written: no space is left on the disk',
  hint: 'make room; `lorch rm RUN` works on a full disk, and `lorch runs` shows which are large',
};

const advice: readonly { codes: RegExp; code: string; says: string; hint: string }[] = [
  {
    codes: /BUSY|LOCKED|PROTOCOL/,
    code: 'E050',
    says: 'another process keeps the database locked',
    hint: 'a `lorch db rebuild`, a backup or a database browser may hold runs/lorch.db; try again when it is done',
  },
  { codes: /FULL/, ...full },
  {
    codes: /READONLY|PERM|AUTH|CANTOPEN/,
    code: 'E052',
    says: 'the database cannot be written: it is read-only, or its folder is',
    hint: 'check who owns the runs folder and whether its disk is mounted read-only',
  },
  {
    codes: /CORRUPT|NOTADB/,
    code: 'E033',
    says: 'the database is damaged',
    hint: 'it is only an index: `lorch db rebuild` makes it again from the run folders',
  },
  {
    codes: /IOERR|NOMEM/,
    code: 'E052',
    says: 'the database cannot be read or written',
    hint: 'the disk may be full or failing; the run folders hold everything, and `lorch db rebuild` makes the index again',
  },
];

/** An error of SQLite in words for people; null for any other error, and for those that are bugs of ours. */
export function storeFailure(error: unknown): UserError | null {
  const found = isStoreTrouble(error) ? advice.find(({ codes }) => codes.test(codeOf(error))) : undefined;
  return found ? failureOf(found, error) : null;
}

/** The error of a disk without room, whatever SQLite called it. */
export function noRoom(cause: unknown): UserError {
  return failureOf(full, cause);
}

function failureOf(found: typeof full, cause: unknown): UserError {
  return new UserError(found.code, found.says, { hint: found.hint, exitCode: 3, cause });
}
