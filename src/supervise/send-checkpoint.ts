// A run that is resumed on a host goes on from the newest checkpoint that the workspace has, if the host has none as new.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashFile } from '../hosts/hash-file.ts';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { startFile } from '../run/layout.ts';
import { listCheckpoints, sealName } from './checkpoints.ts';
import { hashFolder } from './content-hash.ts';
import type { SuperviseDeps } from './deps.ts';

/** Brings it there, each file checked by its hash, and its seal last. */
export async function sendCheckpoint(
  deps: SuperviseDeps,
  host: Host,
  home: string,
  runDir: string,
): Promise<void> {
  const [newest] = await listCheckpoints(localHost, home);
  if (!newest) return;
  const [there] = await listCheckpoints(host, runDir);
  if (there && there.step >= newest.step) return;
  const start = join(home, startFile);
  if (existsSync(start)) await host.upload(start, join(runDir, startFile), await hashFile(start));
  const files = await hashFolder(deps, newest.dir);
  const isSeal = ({ name }: { name: string }) => name === sealName;
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  for (const file of [...files.filter((each) => !isSeal(each)), ...files.filter(isSeal)]) {
    const to = join(runDir, 'checkpoints', newest.name, file.name);
    const tell = (bytes: number) =>
      deps.transfer?.({ direction: 'to', host: host.name, doneBytes: doneBytes + bytes, totalBytes });
    await host.upload(file.path, to, file.sha256, tell);
    doneBytes += file.bytes;
    tell(0);
  }
}
