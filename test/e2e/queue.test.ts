// Runs that wait, started by the real dispatcher and trained for real.
import { readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../src/hosts/pid.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;

beforeAll(async () => {
  workspace = await makeWorkspace();
  await workspace.write(
    'configs/sweep.yaml',
    'extends: run.yaml\nname: rank\ntraining: { num_train_epochs: null, max_steps: 2 }\nsweep: { method: grid, parameters: { lora.r: [2, 4] } }\n',
  );
}, 120_000);
afterAll(async () => {
  // A dispatcher that still works would write into the folder while it is removed.
  if (python) await untilAtRest();
  await workspace.remove();
});

interface Queue {
  running: { run: string }[];
  waiting: { run: string; kind: string; why: string }[];
  dispatcher: { pid: number } | null;
}

const queue = async () => (await workspace.lorch(['queue', '--json'])).json() as unknown as Queue;

async function untilEmpty(): Promise<void> {
  for (;;) {
    const { running, waiting } = await queue();
    if (running.length + waiting.length === 0) return;
    await sleep(300);
  }
}

async function untilAtRest(): Promise<void> {
  for (;;) {
    const { dispatcher } = await queue();
    if (!dispatcher) break;
    while (isRunning(dispatcher.pid)) await sleep(100);
  }
  // It gives its place up before it ends: what it still does is to write reports and its log.
  const { stdout } = await execa('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  for (const line of stdout.split('\n').filter((each) => /dispatch-queue|report-ended/.test(each))) {
    const pid = Number.parseInt(line, 10);
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    while (cwd === workspace.root && isRunning(pid)) await sleep(100);
  }
}

async function statuses(): Promise<Record<string, string>> {
  const { runs } = (await workspace.lorch(['runs', '--json'])).json() as {
    runs: { name: string; status: string }[];
  };
  return Object.fromEntries(runs.map(({ name, status }) => [name, status]));
}

describe.skipIf(!python)('a sweep in the queue', () => {
  it('starts by itself, survives the end of the terminal and of its dispatcher, and is compared by its name', async () => {
    const queued = await workspace.lorch([
      'train',
      'configs/sweep.yaml',
      '--queue',
      '--unreviewed',
      'a test',
    ]);
    expect(queued).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('queued 2 runs') });
    const [first, second] = queued.stdout.trim().split('\n');
    expect(queued.stderr).toContain('lorch queue');
    const held = await workspace.lorch(['queue', 'hold', String(second), '--why', 'not yet']);
    expect(held.stdout).toBe(`${second}\n`);
    let { dispatcher } = await queue();
    while (!dispatcher) ({ dispatcher } = await queue());
    process.kill(dispatcher.pid, 'SIGHUP');
    await sleep(300);
    expect((await queue()).dispatcher?.pid).toBe(dispatcher.pid);
    process.kill(dispatcher.pid, 'SIGKILL');
    // The next command starts another.
    for (let next = dispatcher.pid; next === dispatcher.pid; await sleep(100))
      next = (await queue()).dispatcher?.pid ?? dispatcher.pid;
    expect((await queue()).waiting.at(-1)).toMatchObject({ run: second, why: 'held: not yet' });
    expect((await workspace.lorch(['queue', 'release', 'rank'])).stdout).toContain(second);
    await untilEmpty();
    expect(await statuses()).toEqual({ 'rank-r2': 'succeeded', 'rank-r4': 'succeeded' });
    const compared = await workspace.lorch(['compare', 'rank', '--json']);
    expect((compared.json().runs as { id: string }[]).map(({ id }) => id)).toEqual([first, second]);
    // Reports are written by then, or by the command that just ran.
    expect((await workspace.lorch(['resume', 'rank'])).stderr).toContain('U105');
  }, 300_000);

  it('is stopped as one, and the runs that did not succeed are resumed as one', async () => {
    const queued = await workspace.lorch([
      ...['train', 'configs/sweep.yaml', '--set', 'name=long', '--set', 'training.max_steps=100000'],
      ...['--priority', '1', '--unreviewed', 'a test'],
    ]);
    expect(queued.exitCode).toBe(0);
    for (;;) {
      const { running } = await queue();
      if (running.length > 0) break;
      await sleep(200);
    }
    const stopped = await workspace.lorch(['stop', 'long']);
    expect(stopped.stdout.trim().split('\n').sort()).toEqual(queued.stdout.trim().split('\n').sort());
    expect(await statuses()).toMatchObject({ 'long-r2': 'cancelled', 'long-r4': 'cancelled' });
    const resumed = await workspace.lorch(['resume', 'long']);
    expect(resumed.stderr).toContain('queued 2 runs');
    expect((await workspace.lorch(['stop', 'long'])).exitCode).toBe(0);
    await untilEmpty();
  }, 300_000);
});

describe.skipIf(!python)('lorch train --queue', () => {
  it('refuses what would wait for ever, and names what is not in the queue', async () => {
    const refused = await workspace.lorch([
      ...['train', 'configs/run.yaml', '--queue', '--set', 'resources.gpus=1', '--unreviewed', 'a test'],
    ]);
    expect(refused.exitCode).not.toBe(0);
    expect(await workspace.lorch(['queue', 'move', 'rank-r2', '--first'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('R142'),
    });
    expect(await workspace.lorch(['train', 'configs/run.yaml', '--after', 'long-r2'])).toMatchObject({
      stderr: expect.stringContaining('R143'),
    });
  }, 120_000);
});
