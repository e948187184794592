// Damaged run folders and every command on runs: each ends in time, none with a bug, and the other runs stay as they are.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/store/open-store.ts';
import { createControllerLog } from '../../../src/supervise/controller-log.ts';
import { rebuildIndex } from '../../../src/supervise/rebuild-index.ts';
import { createRandom } from '../../dataset/fuzz/random.ts';
import { type CliResult, runCli } from '../../run-cli.ts';
import { copyFinishedRun } from '../finished-run.ts';
import { damageRun } from './damage.ts';

const good = '20261130-050000-good-aaaa';
const victims = [
  '20261130-050001-ended-bbbb',
  '20261130-050002-vanished-cccc',
  '20261130-050003-queued-dddd',
];

export interface FuzzBase {
  dir: string;
  /** What the commands say of the good run while nothing is damaged. */
  sound: string;
  remove(): void;
}

/** A workspace with a good run and three to be damaged: one that ended, one that died, one that never began. */
export async function makeBase(): Promise<FuzzBase> {
  const dir = mkdtempSync(join(tmpdir(), 'lorch-fuzz-runs-'));
  const runsDir = join(dir, 'runs');
  writeFileSync(join(dir, 'lorch.yaml'), '');
  mkdirSync(runsDir);
  for (const id of [good, ...victims]) copyFinishedRun(runsDir, id);
  const [, vanished = '', queued = ''] = victims;
  rmSync(join(runsDir, vanished, 'attempt-1/exit.json'));
  rmSync(join(runsDir, queued, 'attempt-1'), { recursive: true });
  const store = openStore(join(runsDir, 'lorch.db'));
  // Without bringing it up to date: the vanished run is on record as running.
  await rebuildIndex({
    store,
    runsDir,
    env: {},
    now: () => Date.now(),
    log: createControllerLog(runsDir, (text) => text),
  });
  store.close();
  const base = { dir, sound: '', remove: () => rmSync(dir, { recursive: true, force: true }) };
  const work = copyBase(base);
  base.sound = await sayGood(work);
  rmSync(work, { recursive: true, force: true });
  return base;
}

function copyBase(base: Pick<FuzzBase, 'dir'>): string {
  const work = mkdtempSync(join(tmpdir(), 'lorch-fuzz-run-'));
  cpSync(base.dir, work, { recursive: true });
  return work;
}

const deadlineMs = 60_000;

async function command(cwd: string, args: string[]): Promise<CliResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`lorch ${args.join(' ')}: no answer`)), deadlineMs);
  });
  try {
    const env = { PATH: process.env.PATH, HOME: cwd, XDG_CACHE_HOME: join(cwd, 'cache') };
    return await Promise.race([runCli(args, { cwd, env }), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What two commands say of the good run, without what changes with time. */
async function sayGood(cwd: string): Promise<string> {
  const shown = await command(cwd, ['show', good, '--json']);
  const listed = (await command(cwd, ['runs', '--json', '--all'])).json().runs as { id: string }[];
  const log = await command(cwd, ['logs', good, '--events']);
  const run = JSON.stringify(listed.find(({ id }) => id === good));
  return [shown.exitCode, shown.stdout, run, log.exitCode, log.stdout].join('\n').replaceAll(cwd, '');
}

/** Of the damaged run. Those that start something come before it is removed. */
const commandsOn = (run: string): string[][] => [
  ['runs'],
  ['runs', '--json', '--status', 'failed,lost'],
  ['runs', '--where', 'lora.r>=8'],
  ['show', run],
  ['show', run, '--json'],
  ['show', run, '--markdown'],
  ['logs', run, '--tail', '20'],
  ['logs', run, '--events', '--tail', '20'],
  ['logs', run, '--follow', '--tail', '1'],
  ['compare', good, run],
  ['compare', run, good, '--json'],
  ['try', run, '--prompt', 'x', '--python', '/no/python'],
  ['merge', run, '-o', 'merged', '--python', '/no/python'],
  ['stop', run, '--no-wait'],
  ['rerun', run, '--detach', '--python', '/no/python'],
  ['resume', run, '--detach', '--python', '/no/python'],
  ['db', 'rebuild'],
  ['runs'],
  ['show', run],
  ['compare', good, run, '--csv'],
];

/** Damages by `seed` and runs every command; returns what went wrong, null if nothing did. */
export async function fuzzRun(base: FuzzBase, seed: number): Promise<string | null> {
  const random = createRandom(seed);
  const work = copyBase(base);
  const run = random.pick(victims);
  const runDir = join(work, 'runs', run);
  const damage = damageRun(runDir, random);
  const fail = (what: string): string => `seed ${seed}, ${run} (${damage}): ${what}`;
  try {
    // Half of the time there is no index yet.
    if (random.chance(0.3))
      for (const suffix of ['', '-wal', '-shm'])
        rmSync(join(work, `runs/lorch.db${suffix}`), { force: true });
    for (const args of commandsOn(run)) {
      const { exitCode, stderr } = await command(work, args);
      if (exitCode > 3)
        return fail(`lorch ${args.join(' ')} ended with ${exitCode}: ${stderr.slice(0, 1200)}`);
    }
    if ((await sayGood(work)) !== base.sound) return fail('the good run is shown otherwise');
    const removed = await command(work, ['rm', run, '--yes']);
    if (removed.exitCode !== 0) return fail(`lorch rm ended with ${removed.exitCode}: ${removed.stderr}`);
    if (existsSync(runDir)) return fail('lorch rm left the folder');
    if ((await sayGood(work)) !== base.sound) return fail('the good run is shown otherwise after lorch rm');
    return null;
  } catch (error) {
    return fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
