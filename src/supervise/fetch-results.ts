// The results of a run that ended on another host: adapter and newest checkpoint, brought into its folder in the
// workspace and compared by their hashes. Killed at any moment, it goes on where it was; only then is the host cleared.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { hashOn } from '../hosts/hash-on.ts';
import type { Host } from '../hosts/host.ts';
import { startFile } from '../run/layout.ts';
import { runEvents } from '../store/events.ts';
import { getRun } from '../store/runs.ts';
import { runDirOf } from './attempt-context.ts';
import { type AwayAttempt, hostsOf, unfetched } from './away-runs.ts';
import { type Checkpoint, listCheckpoints, sealName } from './checkpoints.ts';
import type { SuperviseDeps } from './deps.ts';
import { type Fetched, writeFetched } from './fetched-file.ts';

interface FoundFile {
  /** Within the run folder, with `/`. */
  name: string;
  bytes: number;
  sha256: string;
}

/**
 * Fetches what is not here yet; null if nothing is missing. Throws UserError R165 (the host cannot be reached), R134 (a
 * file changed meanwhile), R167 (the host's files are not what the trainer wrote).
 */
export async function fetchResults(deps: SuperviseDeps, run: string): Promise<Fetched | null> {
  const away = unfetched(deps, run);
  if (!away) return null;
  const { host, attempt, runDir } = away;
  const home = runDirOf(deps, run);
  const staging = join(home, `.fetching-${attempt.n}`);
  const checkpoint = await chooseCheckpoint(away);
  const adapter = await listFolder(host, runDir, 'adapter');
  const start = (await host.stat(join(runDir, startFile)))?.kind === 'file' ? [startFile] : [];
  const saved = checkpoint ? await listFolder(host, runDir, `checkpoints/${checkpoint.name}`) : [];
  const files = await withHashes(host, runDir, [...start, ...adapter, ...saved]);
  requireAdapter(deps, run, files);
  await download(deps, host, { from: runDir, to: staging }, files);
  const parts = [
    ...(adapter.length > 0 ? ['adapter'] : []),
    ...(checkpoint ? [`checkpoints/${checkpoint.name}`] : []),
    ...start,
  ];
  for (const part of parts) await takePlace(join(staging, part), join(home, part));
  await rm(staging, { recursive: true, force: true });
  const fetched: Fetched = {
    lorch: 1,
    host: host.name,
    attempt: attempt.n,
    t: deps.now(),
    adapter: adapter.length > 0,
    checkpoint: checkpoint?.name ?? null,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    removed: false,
  };
  await writeFetched(home, fetched);
  deps.log.run(run).info(fetched, 'results fetched');
  if (!(await clearHosts(deps, run))) return fetched;
  const cleared = { ...fetched, removed: true };
  await writeFetched(home, cleared);
  return cleared;
}

/** The newest one whose files are as the trainer sealed them. */
async function chooseCheckpoint({ host, runDir }: AwayAttempt): Promise<Checkpoint | null> {
  for (const checkpoint of await listCheckpoints(host, runDir)) {
    const sealed = Object.entries(checkpoint.seal.sha256);
    const hashes = await hashOn(
      host,
      sealed.map(([name]) => join(checkpoint.dir, name)),
    );
    if (sealed.every(([, sha256], i) => hashes[i] === sha256)) return checkpoint;
  }
  return null;
}

/** Names within the run folder of all files in one of its folders, the seal of a checkpoint last. */
async function listFolder(host: Host, runDir: string, folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const { name, kind } of (await host.list(join(runDir, folder))) ?? []) {
    // No name of another machine may lead out of the folder.
    if (name === '' || name === '.' || name === '..' || name.includes('/')) continue;
    if (kind === 'folder') names.push(...(await listFolder(host, runDir, `${folder}/${name}`)));
    if (kind === 'file') names.push(`${folder}/${name}`);
  }
  const seals = names.filter((name) => name.endsWith(`/${sealName}`));
  return [...names.filter((name) => !seals.includes(name)).sort(), ...seals];
}

async function withHashes(host: Host, runDir: string, names: readonly string[]): Promise<FoundFile[]> {
  const paths = names.map((name) => join(runDir, name));
  const hashes = await hashOn(host, paths);
  const files: FoundFile[] = [];
  for (const [i, name] of names.entries()) {
    const sha256 = hashes[i] ?? null;
    if (sha256 === null) throw notAsWritten(host, `${runDir}/${name} cannot be read`);
    files.push({ name, sha256, bytes: (await host.stat(paths[i] ?? ''))?.bytes ?? 0 });
  }
  return files;
}

/** The trainer told the hash of the weights when it saved them. */
function requireAdapter(deps: SuperviseDeps, run: string, files: readonly FoundFile[]): void {
  const saved = runEvents(deps.store, run, { types: ['artifact'] }).findLast(
    ({ kind }) => kind === 'adapter',
  );
  const weights = files.find(({ name }) => name === 'adapter/adapter_model.safetensors');
  if (!saved || !weights || !/^[0-9a-f]{64}$/.test(saved.sha256) || saved.sha256 === weights.sha256) return;
  throw new UserError(
    'R167',
    `the adapter of run ${run} is not the one that the trainer saved: its SHA-256 is ${weights.sha256}, not ${saved.sha256}`,
    { hint: 'the files on the host have changed; nothing was removed there', exitCode: 1 },
  );
}

function notAsWritten(host: Host, what: string): UserError {
  return new UserError('R167', `${what} on ${host.name}`, {
    hint: `the files on the host have changed; nothing was removed there`,
    exitCode: 1,
  });
}

/** Files that an earlier try has brought already are kept. */
async function download(
  deps: SuperviseDeps,
  host: Host,
  { from, to }: { from: string; to: string },
  files: readonly FoundFile[],
): Promise<void> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  for (const { name, bytes, sha256 } of files) {
    const tell = (some: number) =>
      deps.transfer?.({ direction: 'from', host: host.name, doneBytes: doneBytes + some, totalBytes });
    await host.download(join(from, name), join(to, name), sha256, tell);
    doneBytes += bytes;
    tell(0);
  }
}

/** What was there is replaced; if this is killed, the next try has both again. */
async function takePlace(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rm(to, { recursive: true, force: true });
  await rename(from, to);
}

/** Removes the run's folder from its hosts if the run succeeded. A stopped one may go on there. True: from all. */
async function clearHosts(deps: SuperviseDeps, run: string): Promise<boolean> {
  const status = getRun(deps.store, run)?.status;
  if (status?.phase !== 'finished' || status.outcome !== 'succeeded') return false;
  let all = true;
  for (const { host, runDir } of hostsOf(deps, run)) {
    if (host.keepRemote) all = false;
    else
      await host.remove(runDir).catch((error: unknown) => {
        all = false;
        deps.log.run(run).warn({ error: String(error) }, 'the folder on the host cannot be removed');
        deps.notice?.(`${runDir} on ${host.name} stays there: it cannot be removed now`);
      });
  }
  return all;
}
