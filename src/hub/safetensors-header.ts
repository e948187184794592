// Names and shapes from the head of a safetensors file on this machine; the weights are not touched.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import type { TensorShape } from '../model/tensor-shapes.ts';

/** safetensors refuses longer headers itself. */
const maxHeaderBytes = 100_000_000;

const header = z.record(
  z.string(),
  z.looseObject({
    dtype: z.string().optional(),
    shape: z.array(z.number().int().nonnegative()).optional(),
    data_offsets: z.tuple([z.number(), z.number()]).optional(),
  }),
);

export interface StoredTensor extends TensorShape {
  /** Its first byte in the file. */
  start: number;
}

/** Names and shapes. Throws UserError M015 for a damaged file. */
export function readSafetensorsHeader(path: string): Record<string, TensorShape> {
  return tensorsOf(readHeader(path).entries);
}

/** Names, shapes and places. Throws UserError M015 for a damaged file. */
export function readStoredTensors(path: string): Record<string, StoredTensor> {
  const { entries, end } = readHeader(path);
  return Object.fromEntries(
    Object.entries(tensorsOf(entries)).map(([name, shape]) => [
      name,
      { ...shape, start: end + (entries[name]?.data_offsets?.[0] ?? 0) },
    ]),
  );
}

/** One file: 8 bytes of length, then JSON; then the data. */
function readHeader(path: string): { entries: z.infer<typeof header>; end: number } {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
  try {
    const { size } = fstatSync(file);
    const length = Number(readBytes(file, 0, 8, path).readBigUInt64LE());
    if (length > maxHeaderBytes || 8 + length > size)
      throw unreadable(path, 'its header is longer than the file');
    const parsed = header.safeParse(parseJson(readBytes(file, 8, length, path).toString('utf8')));
    if (!parsed.success) throw unreadable(path, 'its header is not a list of tensors');
    return { entries: parsed.data, end: 8 + length };
  } finally {
    closeSync(file);
  }
}

/** Header entries that are tensors (all but `__metadata__`). */
export function tensorsOf(entries: Readonly<Record<string, unknown>>): Record<string, TensorShape> {
  const tensors: Record<string, TensorShape> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape } = entry as Partial<TensorShape>;
    if (name !== '__metadata__' && dtype && shape) tensors[name] = { dtype, shape };
  }
  return tensors;
}

function readBytes(file: number, position: number, length: number, path: string): Buffer {
  const buffer = Buffer.alloc(length);
  if (readSync(file, buffer, 0, length, position) < length) throw unreadable(path, 'it ends in its header');
  return buffer;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** M015: the file, and what is wrong with it. */
export function unreadable(path: string, reason: string): UserError {
  return new UserError('M015', `cannot read ${path}: ${reason}`, { hint: 'fetch the file again' });
}
