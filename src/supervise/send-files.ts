// Files brought to a host by what they hold: each is there once, named by its SHA-256, and gets its names by hard links.
// So nothing is sent twice, and a transfer that was cut off goes on.
import { dirname, join } from 'node:path';
import { gib } from '../diagnostics/gib.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { unreachable } from '../hosts/unreachable.ts';
import type { HashedFile } from './content-hash.ts';
import type { SuperviseDeps } from './deps.ts';

export interface FileToSend extends HashedFile {
  /** On the host. */
  to: string;
}

type SendDeps = Pick<SuperviseDeps, 'notice' | 'transfer' | 'now'>;

/** From here on the largest files and the time are said before they are sent. */
const largeBytes = 2 ** 30;
const namesAtOnce = 100;

// `cp` where the file system has no hard links: then under another name first, so that half a file is never seen.
const linkScript = `
while [ $# -gt 1 ]; do
  if [ ! -e "$2" ]; then
    mkdir -p "$(dirname "$2")" || exit 1
    ln "$1" "$2" 2>/dev/null || [ -e "$2" ] || { cp "$1" "$2.$$" && mv "$2.$$" "$2"; } || exit 1
  fi
  shift 2
done`;

/** Brings the files to the host, under their names there. `objects` is the folder of all that it has by content. */
export async function sendFiles(
  deps: SendDeps,
  host: Host,
  objects: string,
  files: readonly FileToSend[],
): Promise<void> {
  const there = new Set(((await host.list(objects)) ?? []).map(({ name }) => name));
  const missing = new Map(
    files.filter(({ sha256 }) => !there.has(sha256)).map((file) => [file.sha256, file]),
  );
  await upload(deps, host, objects, [...missing.values()]);
  for (let at = 0; at < files.length; at += namesAtOnce) {
    const pairs = files.slice(at, at + namesAtOnce).flatMap(({ sha256, to }) => [join(objects, sha256), to]);
    const { code, stderr, error } = await host.run(['sh', '-c', linkScript, 'sh', ...pairs]);
    if (code === null && error === null) throw unreachable(host.name, 'a command there was cut off');
    if (code !== 0) throw notPlaced(host, dirname(pairs[1] ?? ''), error ?? stderr.trim());
  }
}

async function upload(
  deps: SendDeps,
  host: Host,
  objects: string,
  files: readonly HashedFile[],
): Promise<void> {
  // The small ones first: by then it is known how fast the connection is.
  const sorted = [...files].sort((a, b) => a.bytes - b.bytes);
  const totalBytes = sorted.reduce((sum, { bytes }) => sum + bytes, 0);
  const began = deps.now();
  let doneBytes = 0;
  let said = totalBytes < largeBytes;
  const tell = (bytes: number) =>
    deps.transfer?.({ direction: 'to', host: host.name, doneBytes: doneBytes + bytes, totalBytes });
  for (const file of sorted) {
    if (!said && doneBytes + file.bytes > largeBytes / 16) {
      said = true;
      deps.notice?.(largeNotice(host.name, sorted, { totalBytes, doneBytes, ms: deps.now() - began }));
    }
    tell(0);
    await host.upload(file.path, join(objects, file.sha256), file.sha256, tell);
    doneBytes += file.bytes;
    tell(0);
  }
}

function largeNotice(
  host: string,
  sorted: readonly HashedFile[],
  { totalBytes, doneBytes, ms }: { totalBytes: number; doneBytes: number; ms: number },
): string {
  const largest = sorted
    .slice(-3)
    .reverse()
    .map(({ name, bytes }) => `${name} ${gib(bytes)}`);
  const left = totalBytes - doneBytes;
  // Less says nothing about the rate.
  const minutes = doneBytes > 2 ** 20 && ms > 200 ? Math.ceil(((left / doneBytes) * ms) / 60_000) : null;
  const time = minutes === null ? '' : `, about ${minutes} min at the present rate`;
  return `${gib(left)} are sent to ${host}, once${time}; the largest: ${largest.join(', ')}`;
}

function notPlaced(host: Host, dir: string, reason: string): UserError {
  return new UserError(
    'R166',
    `files cannot be put into ${dir} on ${host.name}: ${reason || 'no reason given'}`,
    {
      hint: 'look for free space and for the rights of that folder',
      exitCode: 3,
    },
  );
}
