// The folder of an attempt on another host, copied into the workspace all the time. What is told of a run comes from the
// copy: it can be read while the host cannot be reached, and after it is gone.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hashOn } from '../hosts/hash-on.ts';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { fileBytes } from '../hosts/read-files.ts';
import type { AttemptPaths } from '../run/layout.ts';
import { smallFileBytes } from '../run/run-file.ts';
import type { AttemptContext } from './attempt-context.ts';
import { writeHeard } from './heard.ts';
import { checkedMirror, mirrorAgain, mirrorFile } from './mirror-file.ts';

/** What is known of the copy from one time to the next; a new one looks at everything. */
export interface MirrorMemory {
  /** The ends of the growing files were compared. */
  compared: boolean;
  /** Small files that are copied and never change again. */
  settled: Set<keyof AttemptPaths>;
  heardMs: number;
}

export function newMirrorMemory(): MirrorMemory {
  return { compared: false, settled: new Set(), heardMs: 0 };
}

const growing = ['events', 'log'] as const;
const small = ['launch', 'claim', 'trainer', 'stop'] as const;
const heardEveryMs = 5_000;

/**
 * Copies what is new. exit.json comes last, once the others are whole: an attempt that has ended in the workspace is
 * there with all that it wrote. Throws UserError R165 if the host cannot be reached.
 */
export async function mirrorAttempt(
  { host, paths, home }: Pick<AttemptContext, 'host' | 'paths' | 'home'>,
  memory: MirrorMemory,
  now: number,
): Promise<void> {
  // Read before the others are copied: then nothing can follow what is copied.
  const exit = await readSmall(host, paths.exit);
  const mirror = memory.compared ? mirrorFile : checkedMirror;
  await Promise.all([
    ...growing.map((kind) => mirror(host, paths[kind], home[kind])),
    ...small.map((kind) => copySmall(host, paths, home, kind, memory)),
  ]);
  memory.compared = true;
  if (exit) {
    await verifyGrowing(host, paths, home);
    await localHost.put(home.exit, exit);
  }
  if (!exit && now - memory.heardMs < heardEveryMs) return;
  await writeHeard(home.dir, now);
  memory.heardMs = now;
}

async function copySmall(
  host: Host,
  paths: AttemptPaths,
  home: AttemptPaths,
  kind: (typeof small)[number],
  memory: MirrorMemory,
): Promise<void> {
  if (memory.settled.has(kind)) return;
  const text = await readSmall(host, paths[kind]);
  if (text === null) return;
  if ((await readSmall(localHost, home[kind])) !== text) await localHost.put(home[kind], text);
  // The others get more: the handle of the job, a second request to stop.
  if (kind === 'claim' || kind === 'trainer') memory.settled.add(kind);
}

/** Null if there is none, or nothing that lorch wrote. */
async function readSmall(host: Pick<Host, 'read'>, file: string): Promise<string | null> {
  const read = await host.read(file, 0, smallFileBytes);
  if (read.state === 'read') return read.value.toString('utf8');
  if (read.state === 'missing') return null;
  // Without hard links it is a folder with the file in it (create-once.ts).
  const inside = await host.read(join(file, basename(file)), 0, smallFileBytes);
  return inside.state === 'read' ? inside.value.toString('utf8') : null;
}

/** Compares both files with the originals, which do not change any more. */
async function verifyGrowing(host: Host, paths: AttemptPaths, home: AttemptPaths): Promise<void> {
  const hashes = await hashOn(
    host,
    growing.map((kind) => paths[kind]),
  );
  for (const [i, kind] of growing.entries()) {
    const expected = hashes[i] ?? null;
    const bytes = await fileBytes(host, paths[kind]);
    if (expected !== null && expected !== (await hashOfFirst(home[kind], bytes)))
      await mirrorAgain(host, paths[kind], home[kind]);
  }
}

/** A host that lost its power may have lost the end of a file that is here. */
async function hashOfFirst(file: string, bytes: number): Promise<string | null> {
  const hash = createHash('sha256');
  if (bytes > 0)
    await pipeline(createReadStream(file, { end: bytes - 1 }), hash).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  return hash.digest('hex');
}
