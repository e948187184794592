// A file that is read from any place.
import { type FileHandle, open } from 'node:fs/promises';
import { systemReason } from '../../diagnostics/system-error.ts';
import { UserError } from '../../diagnostics/user-error.ts';

export interface RandomAccess {
  /** In bytes. */
  size: number;
  /** The bytes from `start` to before `end`; fewer if the file ends. */
  slice(start: number, end: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

/** Opens a file. `label` is its name for users. Throws UserError D091. */
export async function openRandomAccess(path: string, label: string): Promise<RandomAccess> {
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new UserError('D091', `${label} cannot be read: ${systemReason(error)}.`, {
        exitCode: 3,
        cause: error,
      });
    }
  };
  const file = await guard(() => open(path, 'r'));
  const { size } = await guard(() => file.stat());
  return {
    size,
    slice: (start, end) => guard(() => readRange(file, start, Math.max(start, Math.min(end, size)))),
    close: () => file.close(),
  };
}

async function readRange(file: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === bytes.length ? bytes.buffer : bytes.buffer.slice(0, filled);
}
