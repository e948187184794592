// A file that only grows, copied by byte offset. The copy is a beginning of the original at every moment, whoever copies
// and whenever they are killed: all write the same bytes to the same places.
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Host } from '../hosts/host.ts';
import { readBytes } from '../hosts/read-files.ts';

const chunkBytes = 1024 * 1024;
const tailBytes = 64 * 1024;
const flags =
  constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Adds what `from` on the host has beyond the end of `to` in the workspace. */
export async function mirrorFile(host: Pick<Host, 'read'>, from: string, to: string): Promise<void> {
  const read = await host.read(from, 0, 0);
  if (read.state !== 'read') return;
  await withCopy(to, async (copy, bytes) => await copyFrom(host, from, copy, bytes));
}

/**
 * The same, and looks first whether the end of the copy is as it should be: a machine that lost its power may have left a
 * hole. Then all of it is copied again.
 */
export async function checkedMirror(host: Pick<Host, 'read'>, from: string, to: string): Promise<void> {
  const read = await host.read(from, 0, 0);
  if (read.state !== 'read') return;
  await withCopy(to, async (copy, bytes) => {
    const at = Math.max(0, bytes - tailBytes);
    const there = await readBytes(host, from, at, bytes - at);
    const { buffer, bytesRead } = await copy.read(Buffer.alloc(there.length), 0, there.length, at);
    const same = buffer.subarray(0, bytesRead).equals(there);
    await copyFrom(host, from, copy, same ? bytes : 0);
  });
}

/** All of it again, over what the copy has. */
export async function mirrorAgain(host: Pick<Host, 'read'>, from: string, to: string): Promise<void> {
  await withCopy(to, async (copy) => await copyFrom(host, from, copy, 0));
}

async function copyFrom(
  host: Pick<Host, 'read'>,
  from: string,
  copy: FileHandle,
  start: number,
): Promise<void> {
  for (let at = start; ; ) {
    const bytes = await readBytes(host, from, at, chunkBytes);
    if (bytes.length === 0) return;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await copy.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    at += bytes.length;
  }
}

async function withCopy(to: string, use: (copy: FileHandle, bytes: number) => Promise<void>): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const copy = await open(to, flags, 0o600);
  try {
    const facts = await copy.stat();
    if (facts.isFile()) await use(copy, facts.size);
  } finally {
    await copy.close();
  }
}
