// Unexpected errors of the file system: the one place that turns them into a message and a hint.
import { systemCode, systemReason } from './system-error.ts';
import { UserError } from './user-error.ts';

const hints: Record<string, string> = {
  ENOSPC:
    'make room on that disk; `lorch rm RUN` works on a full disk, and TMPDIR names the folder for temporary files',
  EDQUOT: 'free some of your quota, or use a folder on another disk',
  EFBIG: 'a limit on the size of files is set for this process (`ulimit -f`)',
  EROFS: 'the disk is mounted read-only: use a folder on another one',
  EACCES: 'check who owns it and what may be done with it (`ls -ld`)',
  EPERM: 'check who owns it and what may be done with it (`ls -ld`)',
  EIO: 'the disk may be failing: look at `dmesg`, and copy away what matters',
  EMFILE: 'raise the limit on open files (`ulimit -n`), or close other programs',
  ENFILE: 'the whole system has too many files open: close other programs',
  ENOMEM: 'close other programs, or use a machine with more memory',
};

/** What happens to a name while a command runs: removed, replaced, out of reach. */
const changed = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENXIO',
  'ENOTEMPTY',
  'EBUSY',
  'ESTALE',
  'ENODEV',
  'ETIMEDOUT',
  'EXDEV',
]);

const writing = new Set([
  'write',
  'mkdir',
  'mkdtemp',
  'rename',
  'link',
  'symlink',
  'fsync',
  'ftruncate',
  'copyfile',
  'chmod',
  'fchmod',
  'utime',
  'cp',
]);
const removing = new Set(['unlink', 'rmdir', 'rm']);

/** An error of a call on files in words for people, E053; null for everything else. */
export function systemFailure(error: unknown): UserError | null {
  if (!(error instanceof Error) || error instanceof UserError) return null;
  const { syscall = '', path } = error as NodeJS.ErrnoException;
  const code = systemCode(error);
  const known = code in hints || (changed.has(code) && path !== undefined);
  if (!known || syscall === '' || syscall.startsWith('spawn')) return null;
  const done = removing.has(syscall)
    ? 'removed'
    : writing.has(syscall) || code === 'EROFS'
      ? 'written'
      : 'used';
  return new UserError('E053', `${path ?? 'a file'} cannot be ${done}: ${systemReason(error)}`, {
    hint: hints[code] ?? 'it may have been moved or removed while the command ran: try again',
    exitCode: 3,
    cause: error,
  });
}

/** Gives an error of the file system the name of its file, which the system leaves out of some. */
export function namingFile(path: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Error && 'syscall' in error && (error as NodeJS.ErrnoException).path === undefined)
      (error as NodeJS.ErrnoException).path = path;
    throw error;
  };
}
