// System errors on files, in words for people.
import { constants } from 'node:os';

const words: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the system allows',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
  ENXIO: 'it is not a file that can be read',
  ERR_FS_FILE_TOO_LARGE: 'it is too large to be read at once',
};

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** The system's name of an error, such as ENOSPC; '' if it has none. Node knows only some of them: not EDQUOT, not ESTALE. */
export function systemCode(error: unknown): string {
  const { code = '', errno } = (error ?? {}) as NodeJS.ErrnoException;
  return code.startsWith('Unknown system error') ? (names.get(-(errno ?? 0)) ?? code) : String(code);
}

/** Why, as the end of a sentence that named the file; without the system's own names and paths if they are known. */
export function systemReason(error: unknown): string {
  return words[systemCode(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** Whether the name is wrong, so that the user can fix it; all other errors come from the machine. */
export function isMisnamed(error: unknown): boolean {
  return ['ENOENT', 'EISDIR', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'].includes(systemCode(error));
}
