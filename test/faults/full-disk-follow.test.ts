// A run goes on while its disk is full: whoever follows it waits, and records everything once there is room.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { keptRun, otherRun } from './cases.ts';
import { makeSmallDisk, type SmallDisk } from './full-disk.ts';

let disk: SmallDisk | null;
beforeAll(() => {
  disk = makeSmallDisk(undefined);
  disk?.lorch.trainWith('endures');
});
const started: ChildProcess[] = [];
afterAll(() => {
  if (!disk) return;
  for (const child of started) child.kill('SIGKILL');
  writeFileSync(join(disk.root, 'end'), '');
  disk.close();
});

interface Listed {
  id: string;
  status: string;
}

/** lorch as a process of its own, with what it has said so far. */
function start({ lorch, root, beside }: SmallDisk, args: string[]) {
  const child = spawn(process.execPath, [lorch.bin, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: beside, XDG_CACHE_HOME: join(root, 'cache'), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  started.push(child);
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (bytes) => {
      said[name] += String(bytes);
    });
  return { said, ended: once(child, 'close').then(([code]) => code as number | null), child };
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(50);
}

it('is followed to its end', async ({ skip }) => {
  if (!disk) return skip('no disk to fill');
  const here = disk;
  const refused = () => {
    const file = join(here.root, 'refused');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  };
  const list = () => JSON.parse(here.run(['runs', '--all', '--json']).stdout) as { runs: Listed[] };
  const mine = () => list().runs.find(({ id }) => id !== keptRun && id !== otherRun);

  const training = start(here, ['rerun', keptRun, '--unreviewed', 'a test']);
  const hasEnded = () => started.some(({ exitCode }) => exitCode !== null);
  await until(() => hasEnded() || mine()?.status === 'running');
  const run = mine()?.id ?? '';
  const logs = start(here, ['logs', run, '-f', '--events']);
  await until(() => hasEnded() || /"step"/.test(logs.said.stdout));
  expect(hasEnded(), `${training.said.stderr}${logs.said.stderr}`).toBe(false);

  let later: ReturnType<typeof start> | undefined;
  // A reader keeps the WAL from being used again: each commit needs room.
  const reader = openStore(join(here.runsDir, 'lorch.db'));
  reader.db.exec('BEGIN; SELECT * FROM run');
  try {
    here.fill();
    // The trainer gets a page now and then, so that there is something to record and no room to record it in.
    let seen = -1;
    await until(() => {
      if (/goes on/.test(training.said.stderr) && /goes on/.test(logs.said.stderr)) return true;
      if (refused() > seen) {
        seen = refused();
        here.free(4096);
      }
      return hasEnded();
    });
    expect(hasEnded(), `${training.said.stderr}${logs.said.stderr}`).toBe(false);
    here.fill();
    expect(mine()?.status).toBe('running');
    const late = here.run(['logs', run, '--tail', '1', '--events']);
    expect(late.code, late.stderr).toBe(0);
    // One that comes only now.
    later = start(here, ['logs', run, '-f', '--events']);
    await until(() => hasEnded() || /"step"/.test(later?.said.stdout ?? ''));
  } finally {
    reader.db.exec('ROLLBACK');
    reader.close();
  }
  expect(hasEnded()).toBe(false);
  here.empty();
  writeFileSync(join(here.root, 'end'), '');
  expect(
    [await training.ended, await logs.ended, await later?.ended],
    `${training.said.stderr}${logs.said.stderr}`,
  ).toEqual([0, 0, 0]);
  expect(mine()).toMatchObject({ id: run, status: 'succeeded' });
  expect(logs.said.stdout).toMatch(/"outcome": ?"succeeded"/);
});
