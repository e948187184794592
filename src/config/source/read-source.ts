// Reads a config file as text, or returns one finding with the reason.
import { open } from 'node:fs/promises';
import type { Finding } from '../../diagnostics/finding.ts';
import { finding } from '../finding.ts';

const maxBytes = 1 << 20;

export type SourceText = { text: string } | { problem: Finding };

/** Reads a file. `name` is how findings call it. */
export async function readSource(path: string, name: string, limit = maxBytes): Promise<SourceText> {
  const at = { file: name };
  let bytes: Uint8Array;
  try {
    const handle = await open(path, 'r');
    try {
      if ((await handle.stat()).isDirectory())
        return { problem: finding('C002', at, `${name} is a folder`, 'name one of the files in it') };
      bytes = await readUpTo(handle, limit);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { problem: finding('C002', at, ...describeFailure(error, name)) };
  }
  return decodeSource(bytes, name, limit);
}

/** Checks size, encoding and NUL bytes. */
export function decodeSource(bytes: Uint8Array, name: string, limit = maxBytes): SourceText {
  const at = { file: name };
  if (bytes.length > limit)
    return {
      problem: finding(
        'C004',
        at,
        `${name} is larger than ${limit >> 20} MiB`,
        'a config is smaller; is this a dataset?',
      ),
    };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { problem: finding('C003', at, `${name} is UTF-16 text`, 'save it as UTF-8') };
  if (bytes.includes(0))
    return {
      problem: finding('C003', at, `${name} is a binary file (it contains NUL bytes)`, 'name a text file'),
    };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: finding('C003', at, `${name} is not UTF-8 text`, 'save it as UTF-8') };
  }
}

// One byte more than the limit tells that there is more.
async function readUpTo(
  handle: { read(buffer: Uint8Array, offset: number, length: number): Promise<{ bytesRead: number }> },
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let filled = 0;
  while (filled <= limit) {
    const buffer = new Uint8Array(Math.min(maxBytes, limit + 1 - filled));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    parts.push(buffer.subarray(0, bytesRead));
    filled += bytesRead;
  }
  return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
}

/** What happened, and what to do about it. */
function describeFailure(error: unknown, name: string): [message: string, hint: string] {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return [`there is no file ${name}`, 'check the path and the spelling'];
  if (code === 'EACCES' || code === 'EPERM')
    return [`${name} may not be read (permission denied)`, 'give yourself the right to read it'];
  const why = error instanceof Error ? error.message : String(error);
  return [`${name} cannot be read: ${why}`, 'name a file that can be opened'];
}
