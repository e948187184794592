// A run folder that comes from elsewhere: listing runs and making the index again start nothing that it names.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attemptPaths } from '../../src/run/layout.ts';
import { beginAttempt, listAttempts } from '../../src/store/attempts.ts';
import { getRun } from '../../src/store/runs.ts';
import { askToStop } from '../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { rebuildIndex } from '../../src/supervise/rebuild-index.ts';
import { recoverRuns } from '../../src/supervise/recover-runs.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { runCli } from '../run-cli.ts';
import { makeWorkspace, type TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let mark: string;

beforeEach(async () => {
  workspace = await makeWorkspace('ok', { timing: { pollMs: 10, watchdogMs: 50 } });
  mark = join(workspace.dir, 'executed');
});
afterEach(() => workspace.close());

/** An attempt that nobody claimed, in which every field that could name a program names this one. */
async function hostile(run: string, createdMs: number, token: string = randomUUID()): Promise<void> {
  const paths = attemptPaths(workspace.runDir(run), 1);
  await mkdir(paths.dir, { recursive: true });
  const program = join(paths.dir, 'program');
  await writeFile(program, `#!/bin/sh\necho "$@" >> '${mark}'\n`);
  await chmod(program, 0o755);
  const env = { PATH: paths.dir, LD_PRELOAD: program, PYTHONPATH: paths.dir, PYTHONSTARTUP: program };
  const launch = { lorch: 1, attempt: 1, token, host: 'local', scheduler: 'process', created_ms: createdMs };
  const names = { python: program, shim: program, command: [program, '--attempt', '1'], env };
  await writeFile(paths.launch, JSON.stringify({ ...launch, ...names, hook: program, editor: program }));
}

async function look(times = 3): Promise<void> {
  for (let i = 0; i < times; i++) {
    await recoverRuns(workspace.another());
    await new Promise((wake) => setTimeout(wake, 60));
  }
}

async function expectNothingRan(): Promise<void> {
  expect(await readFile(mark, 'utf8').catch(() => null)).toBeNull();
}

describe('a run folder from elsewhere', () => {
  for (const [when, createdMs] of [
    ['long ago', 1],
    ['just now', Date.now()],
    ['in the future', Date.now() + 1e9],
  ] as const)
    it(`that says it was launched ${when} starts nothing`, async () => {
      const run = await workspace.addRun('foreign');
      await hostile(run, createdMs);
      await rebuildIndex(workspace.deps);
      await look();
      await writeFile(join(workspace.dir, 'lorch.yaml'), '');
      const listed = await runCli(['runs'], { cwd: workspace.dir, env: workspace.deps.env });
      expect(listed.exitCode).toBe(0);
      await expectNothingRan();
      expect(getRun(workspace.store, run)?.status.phase).not.toBe('running');
    });

  it('is not started even if the database holds it as launching: a database may be copied, too', async () => {
    const run = await workspace.addRun('foreign');
    const token = randomUUID();
    await hostile(run, 1, token);
    beginAttempt(workspace.store, run, { n: 1, token, host: 'local', scheduler: 'process', createdMs: 1 });
    await look();
    await expectNothingRan();
    expect(getRun(workspace.store, run)?.failure).toMatchObject({ code: 'R118' });
    expect(JSON.stringify(getRun(workspace.store, run)?.failure)).toContain(`lorch resume ${run}`);
    expect(await readdir(workspace.runDir(run))).not.toContain('attempt-2');
  });

  it('does not start a copy of an attempt that really was launched here', async () => {
    const run = await workspace.addRun('mine');
    // The shim never comes, as if its start had been lost.
    const lost = workspace.another({
      pythonOn: async () => ({ executable: '/bin/true', env: {}, trainerDir: '/' }),
    });
    await startAttempt(lost, run);
    const token = listAttempts(workspace.store, run)[0]?.token ?? '';
    await cp(workspace.runDir(run), workspace.runDir('copy'), { recursive: true });
    const plan = join(workspace.runDir('copy'), 'run.json');
    await writeFile(plan, (await readFile(plan, 'utf8')).replaceAll('"mine"', '"copy"'));
    await hostile('copy', 1, token);
    await rebuildIndex(workspace.deps).catch(() => undefined);
    await look();
    await expectNothingRan();
  });
});

describe('a claim.json that names an innocent process', () => {
  it.skipIf(process.platform !== 'linux').each([false, true])(
    'signals nobody (force: %s), and the run counts as gone',
    async (force) => {
      const run = await workspace.addRun('foreign');
      await hostile(run, Date.now());
      const innocent = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
      try {
        const pid = innocent.pid ?? 0;
        const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
        const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
        const identity = { pid, start: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19], boot_id: boot };
        const paths = attemptPaths(workspace.runDir(run), 1);
        await writeFile(paths.claim, JSON.stringify({ by: 'shim', t: Date.now(), ...identity }));
        await writeFile(paths.trainer, JSON.stringify(identity));
        await rebuildIndex(workspace.deps);
        expect(getRun(workspace.store, run)?.status.phase).toBe('running');
        expect(await askToStop(workspace.deps, run, { force })).toBe('ended');
        expect((await followRun(workspace.deps, run)).status).toMatchObject({ phase: 'finished' });
        expect(await readFile(`/proc/${pid}/stat`, 'latin1')).toContain('sleep');
        expect(innocent.signalCode).toBe(null);
        await writeFile(join(workspace.dir, 'lorch.yaml'), '');
        const removed = await runCli(['rm', run, '--yes'], { cwd: workspace.dir, env: workspace.deps.env });
        expect(removed).toMatchObject({ exitCode: 0, stdout: `${run}\n` });
      } finally {
        innocent.kill('SIGKILL');
      }
    },
  );
});

describe('an attempt that was launched here', () => {
  it('is started again with what was started, whatever its launch.json says now', async () => {
    const run = await workspace.addRun('mine');
    const lost = workspace.another({
      pythonOn: async () => ({ executable: '/bin/true', env: {}, trainerDir: '/' }),
    });
    await startAttempt(lost, run);
    const token = listAttempts(workspace.store, run)[0]?.token ?? '';
    await hostile(run, 1, token);
    await followRun(workspace.deps, run);
    await expectNothingRan();
    const second = JSON.parse(await readFile(attemptPaths(workspace.runDir(run), 2).launch, 'utf8'));
    expect(second.python).toBe('/bin/true');
    expect(second.env).not.toHaveProperty('LD_PRELOAD');
    // Nothing of it stays behind.
    expect(getRun(workspace.store, run)?.status.phase).toBe('finished');
    expect(await readdir(join(workspace.dir, '.cache', 'lorch', 'launches'))).toEqual([]);
  });
});
