// The files of an import: the config of the other tool, and the lorch config made from it.
import { resolve } from 'node:path';
import { readSource } from '../../config/source/read-source.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { writeNewFile } from '../files/new-file.ts';

/** Notebooks can contain pictures. */
const mostBytes = 64 << 20;

/** The text of `path`. Throws UserError C031 if it cannot be read. */
export async function readImportFile(cwd: string, path: string): Promise<string> {
  const source = await readSource(resolve(cwd, path), path, mostBytes);
  if ('text' in source) return source.text;
  const { message, hint } = source.problem;
  throw new UserError('C031', message, hint === undefined ? {} : { hint });
}

/** Writes a new file. Throws UserError D095 if it exists. */
export async function writeImportFile(cwd: string, path: string, text: string): Promise<void> {
  await writeNewFile(resolve(cwd, path), text);
}
