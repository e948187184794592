// Single rows of a matrix out of safetensors files on this machine: some kilobytes, however large the model is.
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { weightFiles } from './model-folder.ts';
import { readStoredTensors, type StoredTensor, unreadable } from './safetensors-header.ts';

const widths: Readonly<Record<string, number>> = { BF16: 2, F16: 2, F32: 4 };

/**
 * The bytes of rows of the one matrix whose name ends in `ending`, as stored, with its dtype (BF16, F16, F32); a row
 * that it does not have is null. Null if the folder has no such matrix, or several, or stores it in another form.
 * Throws UserError M015 for damaged files.
 */
export function readTensorRows(
  dir: string,
  ending: string,
  rows: readonly number[],
): { dtype: string; rows: (Buffer | null)[] } | null {
  const found = findTensors(dir, ending);
  const [only] = found;
  if (!only || found.length > 1) return null;
  const { file, tensor } = only;
  const [height, columns] = tensor.shape;
  const width = widths[tensor.dtype];
  if (width === undefined || height === undefined || columns === undefined || tensor.shape.length !== 2)
    return null;
  const bytes = width * columns;
  const opened = openSync(join(dir, file), 'r');
  try {
    return {
      dtype: tensor.dtype,
      rows: rows.map((row) => {
        if (row >= height) return null;
        // Not from Node's pool: numbers need their memory aligned.
        const buffer = Buffer.alloc(bytes);
        if (readSync(opened, buffer, 0, bytes, tensor.start + row * bytes) < bytes)
          throw unreadable(join(dir, file), 'it ends within a tensor');
        return buffer;
      }),
    };
  } finally {
    closeSync(opened);
  }
}

function findTensors(dir: string, ending: string): { file: string; tensor: StoredTensor }[] {
  return weightFiles(dir).flatMap((file) =>
    Object.entries(readStoredTensors(join(dir, file)))
      .filter(([name]) => name === ending || name.endsWith(`.${ending}`))
      .map(([, tensor]) => ({ file, tensor })),
  );
}
