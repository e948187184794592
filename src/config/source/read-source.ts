// The bytes of a config file → text, or one finding that says why not.
import { open } from 'node:fs/promises';
import type { Finding } from '../../diagnostics/finding.ts';
import { finding } from '../finding.ts';

const maxBytes = 1 << 20;

export type SourceText = { text: string } | { problem: Finding };

/** Reads a file. `name` is how findings call it. */
export async function readSource(path: string, name: string): Promise<SourceText> {
  const at = { file: name };
  let bytes: Uint8Array;
  try {
    const handle = await open(path, 'r');
    try {
      if ((await handle.stat()).isDirectory())
        return { problem: finding('C002', at, `${name} is a folder`, 'name one of the files in it') };
      bytes = await readUpTo(handle, maxBytes + 1);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { problem: finding('C002', at, describeFailure(error, name)) };
  }
  return decodeSource(bytes, name);
}

/** Checks size, encoding and NUL bytes. */
export function decodeSource(bytes: Uint8Array, name: string): SourceText {
  const at = { file: name };
  if (bytes.length > maxBytes)
    return { problem: finding('C004', at, `${name} is larger than 1 MiB`, 'is this a dataset?') };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { problem: finding('C003', at, `${name} is UTF-16 text`, 'save it as UTF-8') };
  if (bytes.includes(0))
    return { problem: finding('C003', at, `${name} is a binary file (it contains NUL bytes)`) };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: finding('C003', at, `${name} is not UTF-8 text`, 'save it as UTF-8') };
  }
}

async function readUpTo(
  handle: { read(buffer: Uint8Array, offset: number, length: number): Promise<{ bytesRead: number }> },
  limit: number,
): Promise<Uint8Array> {
  const buffer = new Uint8Array(limit);
  let filled = 0;
  while (filled < limit) {
    const { bytesRead } = await handle.read(buffer, filled, limit - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function describeFailure(error: unknown, name: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no file ${name}`;
  if (code === 'EACCES' || code === 'EPERM') return `${name} may not be read (permission denied)`;
  return `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
