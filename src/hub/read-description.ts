// The files that describe a model, as far as a description can go.
import { readFileSync, statSync } from 'node:fs';
import { UserError } from '../diagnostics/user-error.ts';

const maxDescriptionBytes = 64 * 2 ** 20;

/** The bytes of a file that is read whole. Throws UserError M026 if there are too many. */
export function readDescription(path: string): Buffer {
  refuseLarge(path, statSync(path).size);
  return readFileSync(path);
}

/** Throws UserError M026 for a file of so many bytes. */
export function refuseLarge(name: string, bytes: number): void {
  if (bytes <= maxDescriptionBytes) return;
  throw new UserError('M026', `${name} has ${bytes.toLocaleString('en-US')} bytes`, {
    hint: `files that describe a model are read up to ${maxDescriptionBytes.toLocaleString('en-US')} bytes`,
  });
}
