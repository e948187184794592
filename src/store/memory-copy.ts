// A copy in memory of a database on a full, read-only or failing disk, so that reading commands
// continue to work. Writes to it are lost.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';

/** The most bytes to load into memory. */
const maxBytes = 2 ** 30;

/** Opens a copy of the database in memory; an empty one if there is none. */
export function openMemoryCopy(path: string): Database.Database {
  const bytes = readDatabase(path);
  if (bytes === null) return new Database(':memory:');
  // Bytes 18 and 19 say that the file has a write-ahead log; a copy in memory has none.
  bytes.fill(1, 18, 20);
  return new Database(bytes);
}

function readDatabase(path: string): Buffer | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(file);
    if (size < 100 || size > maxBytes) return null;
    const bytes = Buffer.alloc(size);
    return readSync(file, bytes, 0, size, 0) === size ? bytes : null;
  } finally {
    closeSync(file);
  }
}
