// Hashes of files where they lie, so that only differences travel.
import type { Host } from './host.ts';
import { unreachable } from './unreachable.ts';

// One line a file, in the order of the arguments. Names are never part of the output.
const script = `
if command -v sha256sum >/dev/null 2>&1; then sum() { sha256sum; }; else sum() { shasum -a 256; }; fi
for file; do [ -f "$file" ] && sum < "$file" || echo missing; done`;

const filesAtOnce = 200;
const tries = 5;

/** SHA-256 of files on a host; null for a file that cannot be read there. */
export async function hashOn(
  host: Pick<Host, 'run' | 'name'>,
  files: readonly string[],
): Promise<(string | null)[]> {
  const found: (string | null)[] = [];
  for (let at = 0; at < files.length; at += filesAtOnce) {
    const some = files.slice(at, at + filesAtOnce);
    const stdout = await outputOf(host, some);
    const lines = stdout.split('\n');
    for (const i of some.keys()) found.push(/^[0-9a-f]{64}(?=\s|$)/.exec(lines[i] ?? '')?.[0] ?? null);
  }
  return found;
}

/** It only reads, so one whose connection broke is run again. */
async function outputOf(host: Pick<Host, 'run' | 'name'>, files: readonly string[]): Promise<string> {
  for (let left = tries; left > 0; left -= 1) {
    const { stdout, code, error } = await host.run(['sh', '-c', script, 'sh', ...files]);
    if (code !== null || error !== null) return stdout;
  }
  throw unreachable(host.name, 'a command there was cut off');
}
