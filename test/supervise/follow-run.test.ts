import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import { statusWord } from '../../src/run/status.ts';
import { beginAttempt, listAttempts } from '../../src/store/attempts.ts';
import { runEvents } from '../../src/store/events.ts';
import { runFindings } from '../../src/store/findings.ts';
import { readSeries } from '../../src/store/read-series.ts';
import { getRun } from '../../src/store/runs.ts';
import { seriesSummaries } from '../../src/store/series-summary.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { recordOwnLaunch } from '../../src/supervise/own-launches.ts';
import { recoverRuns } from '../../src/supervise/recover-runs.ts';
import { attemptNumbers } from '../../src/supervise/run-folder.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import {
  attemptJson,
  follow,
  makeWorkspace,
  python,
  type TestWorkspace,
  trainerDir,
  until,
} from './workspace.ts';

let workspace: TestWorkspace;

afterEach(() => workspace.close());

async function train(trainer: string) {
  workspace = await makeWorkspace(trainer);
  const run = await workspace.addRun('one');
  await startAttempt(workspace.deps, run);
  return followRun(workspace.deps, run);
}

describe('a run from start to end', () => {
  it('succeeds, with everything the trainer said on record', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    expect(getRun(workspace.store, run)?.status).toEqual({ phase: 'queued' });
    expect(await startAttempt(workspace.deps, run)).toBe(1);
    const types: string[] = [];
    const row = await follow(workspace.deps, run, { onEvent: (event) => types.push(event.type) });
    expect(row.status).toEqual({ phase: 'finished', outcome: 'succeeded', exitCode: 0, signal: null });
    expect(row).toMatchObject({ step: 3, maxSteps: 3, trainable: 1024, total: 100000, trainedTokens: 120 });
    expect(row).toMatchObject({ attempts: 1, tags: ['a', 'b'], unreviewed: 'a test', failure: null });
    expect(row.lastLoss).toBeCloseTo(1 / 3);
    expect(row.bestEval).toEqual({ loss: 0.25, step: 3 });
    expect(row.bestCheckpoint).toBe('checkpoints/checkpoint-1');
    expect(types.join(' ')).toBe('hello model step step step eval checkpoint memory artifact end');
    expect(runEvents(workspace.store, run).map((event) => event.type)).toEqual(
      types.filter((type) => !['step', 'eval', 'memory'].includes(type)),
    );
    expect(seriesSummaries(workspace.store, run).map((series) => series.name)).toEqual([
      'eval_loss',
      'eval_runtime',
      'learning_rate',
      'loss',
      'rss_peak_bytes',
    ]);
    expect(readSeries(workspace.store, run, 'loss').map((bucket) => bucket.last)).toEqual([1, 1 / 2, 1 / 3]);
  });

  it('keeps secrets out of launch.json and passes them to the trainer', async () => {
    workspace = await makeWorkspace('ok', {
      env: {
        PATH: process.env.PATH,
        HF_TOKEN: 'hf_abcdefghijklmnopqrstuvwxyz',
        EDITOR: 'vi',
        HF_HOME: '/cache',
      },
      trainerCommand: () => ['sh', '-c', 'echo "$HF_TOKEN $HF_HOME [$EDITOR]"'],
    });
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    const row = await followRun(workspace.deps, run);
    const paths = attemptPaths(workspace.runDir(run), 1);
    expect(await readFile(paths.log, 'utf8')).toBe('hf_abcdefghijklmnopqrstuvwxyz /cache []\n');
    expect(await attemptJson(workspace, run, 1, 'launch')).toMatchObject({ env: { HF_HOME: '/cache' } });
    expect(await readFile(paths.launch, 'utf8')).not.toContain('hf_abc');
    expect(JSON.stringify(row.failure)).toContain('[secret] /cache');
    expect(JSON.stringify(row.failure)).not.toContain('hf_abc');
    expect((await stat(paths.dir)).mode & 0o777).toBe(0o700);
  });

  it('fails with the class, the evidence and the next command when the trainer reports an error', async () => {
    const row = await train('out_of_memory');
    expect(row.status).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(row.failure).toMatchObject({ class: 'out-of-memory', code: 'R110', hint: 'lower the batch size' });
    expect(row.failure?.evidence).toContain('attempt 1 ended with exit code 1');
    expect(runFindings(workspace.store, 'one')).toMatchObject([
      { code: 'R005', severity: 'error', attempt: 1 },
    ]);
  });

  it('fails with the last line of the traceback when the trainer crashes', async () => {
    const row = await train('fails');
    expect(row.failure).toMatchObject({ class: 'crash', message: 'RuntimeError: shapes do not match' });
    expect(row.failure?.next).toBe('lorch logs one');
  });

  it('does not take exit code 0 for success without an end event', async () => {
    const row = await train('exits_early');
    expect(row.status).toMatchObject({ outcome: 'failed', exitCode: 0 });
    expect(row.failure?.class).toBe('ended-early');
  });

  it('counts lines that are no events as one finding, and goes on', async () => {
    const row = await train('garbage_lines');
    expect(statusWord(row.status)).toBe('succeeded');
    expect(row.step).toBe(3);
    expect(row.lastLoss).toBeNaN();
    expect(runFindings(workspace.store, 'one')).toMatchObject([
      { code: 'R100', at: { file: 'attempt-1/events.jsonl', line: 2 }, data: { lines: 4 } },
    ]);
  });

  it('notes the line that was cut off when the trainer was killed', async () => {
    const row = await train('dies_mid_line');
    expect(row.status).toMatchObject({ outcome: 'failed', exitCode: null, signal: 'SIGKILL' });
    expect(row.failure?.class).toBe('killed');
    expect(row.step).toBe(1);
    expect(runFindings(workspace.store, 'one')).toMatchObject([{ code: 'R101', at: { line: 3 } }]);
  });

  it('records what cannot be started, and says so', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    const broken = workspace.another({
      pythonOn: async () => ({ executable: '/no/python', env: {}, trainerDir: '/' }),
    });
    await expect(startAttempt(broken, run)).rejects.toMatchObject({ code: 'R131' });
    expect(getRun(workspace.store, run)?.failure).toMatchObject({
      class: 'not-started',
      next: 'lorch doctor',
    });
    expect(await startAttempt(workspace.deps, run)).toBe(2);
    expect(statusWord((await followRun(workspace.deps, run)).status)).toBe('succeeded');
  });

  it('refuses a second start while the first is under way', async () => {
    workspace = await makeWorkspace('waits');
    const run = await workspace.addRun('one');
    const starts = await Promise.allSettled([
      startAttempt(workspace.deps, run),
      startAttempt(workspace.another(), run),
    ]);
    expect(starts.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = starts.find((each) => each.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'U103' });
    // Either may be the faster one, and the second number wins where its controller saw the first one's folder.
    const n = starts.find((each) => each.status === 'fulfilled')?.value ?? 0;
    expect(await attemptNumbers(localHost, workspace.runDir(run))).toEqual([n]);
    const trainer = await until(() => attemptJson(workspace, run, n, 'trainer'));
    await until(async () => (await workspace.launches(run)) > 0);
    process.kill(Number(trainer.pid), 'SIGKILL');
    await followRun(workspace.deps, run);
    expect(await workspace.launches(run)).toBe(1);
  });
});

describe('a start that is reported as failed', () => {
  it('has worked if the supervisor holds the claim', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    const lies = join(workspace.dir, 'lies');
    // Its arguments: -I -S SHIM --detach ATTEMPT_DIR -- …
    const script = `#!/bin/sh\n${python} "$@" >/dev/null\nuntil [ -e "$5/claim.json" ]; do sleep 0.02; done\nexit 1\n`;
    await writeFile(lies, script, { mode: 0o700 });
    const deps = workspace.another({ pythonOn: async () => ({ executable: lies, env: {}, trainerDir }) });
    expect(await startAttempt(deps, run)).toBe(1);
    expect(statusWord((await follow(deps, run)).status)).toBe('succeeded');
    expect(await workspace.launches(run)).toBe(1);
  });
});

describe('a start that comes too late', () => {
  it('leaves no attempt behind', async () => {
    workspace = await makeWorkspace('waits');
    const run = await workspace.addRun('one');
    expect(await startAttempt(workspace.deps, run)).toBe(1);
    await expect(startAttempt(workspace.another(), run)).rejects.toMatchObject({ code: 'U103' });
    expect(await attemptNumbers(localHost, workspace.runDir(run))).toEqual([1]);
    const trainer = await until(() => attemptJson(workspace, run, 1, 'trainer'));
    process.kill(Number(trainer.pid), 'SIGKILL');
    await followRun(workspace.deps, run);
  });
});

describe('several controllers', () => {
  it('following the same run at once record each event once, and each is told of all', async () => {
    workspace = await makeWorkspace('many_events');
    const run = await workspace.addRun('one');
    await writeFile(join(workspace.runDir(run), 'code'), '0');
    await startAttempt(workspace.deps, run);
    const told: number[][] = [[], [], []];
    const rows = await Promise.all(
      told.map((seqs) => follow(workspace.another(), run, { onEvent: (event) => seqs.push(event.seq) })),
    );
    expect(rows.map((row) => statusWord(row.status))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    for (const seqs of told) expect(seqs).toEqual(Array.from({ length: 152 }, (_, i) => i));
    expect(seriesSummaries(workspace.store, run).find((series) => series.name === 'loss')?.points).toBe(150);
    expect(runFindings(workspace.store, run)).toEqual([]);
  });

  it('a command that reads takes in what is new and ends what has ended', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    await until(() => attemptJson(workspace, run, 1, 'exit'));
    await recoverRuns(workspace.another());
    expect(getRun(workspace.store, run)).toMatchObject({ step: 3, status: { outcome: 'succeeded' } });
  });

  it('the supervisor killed, the trainer goes on and its end event gives the result', async () => {
    workspace = await makeWorkspace('many_events');
    const run = await workspace.addRun('one');
    await writeFile(join(workspace.runDir(run), 'code'), '3');
    await startAttempt(workspace.deps, run);
    await until(() => attemptJson(workspace, run, 1, 'trainer'));
    const claim = await until(() => attemptJson(workspace, run, 1, 'claim'));
    process.kill(Number(claim.pid), 'SIGKILL');
    const row = await followRun(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'failed', exitCode: 3 });
    expect(row.step).toBe(150);
    expect(await attemptJson(workspace, run, 1, 'exit')).toMatchObject({ by: 'controller', code: 3 });
  });

  it('both killed, the run is lost, and no worker is left behind', async () => {
    workspace = await makeWorkspace('ignores_sigterm');
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    await until(async () => (await workspace.processes(run)).length === 3);
    const claim = await until(() => attemptJson(workspace, run, 1, 'claim'));
    const trainer = await until(() => attemptJson(workspace, run, 1, 'trainer'));
    process.kill(Number(claim.pid), 'SIGKILL');
    process.kill(Number(trainer.pid), 'SIGKILL');
    const row = await followRun(workspace.deps, run);
    expect(statusWord(row.status)).toBe('lost');
    expect(row.failure).toMatchObject({ class: 'lost', next: 'lorch resume one' });
    await until(async () => (await workspace.processes(run)).length === 0);
  });

  it('a run found dead days later ended when it last gave a sign of life', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    await neverStarted(run);
    const { claim, log } = attemptPaths(workspace.runDir(run), 1);
    await writeFile(claim, JSON.stringify({ by: 'shim', t: 5_000, pid: 1, start: '0', boot_id: 'before' }));
    await writeFile(log, 'step 1');
    await utimes(claim, 8, 8);
    await utimes(log, 7, 7);
    await recoverRuns(workspace.deps);
    const row = getRun(workspace.store, run);
    expect(row).toMatchObject({ endedMs: 8_000, endedAttemptsMs: 3_000, status: { outcome: 'lost' } });
  });

  it('an attempt that nobody claimed is started again, once, by whoever looks', async () => {
    workspace = await makeWorkspace('ok', { timing: { pollMs: 10 } });
    const run = await workspace.addRun('one');
    await neverStarted(run);
    await Promise.all([
      recoverRuns(workspace.another()),
      recoverRuns(workspace.another()),
      followRun(workspace.deps, run),
    ]);
    const row = await followRun(workspace.deps, run);
    expect(statusWord(row.status)).toBe('succeeded');
    expect(await workspace.launches(run)).toBe(1);
    expect(row.attempts).toBe(1);
    expect(listAttempts(workspace.store, run)[0]).toMatchObject({ n: 1, state: 'abandoned' });
  });

  it('a supervisor that never starts is given up after five tries', async () => {
    workspace = await makeWorkspace('ok', { timing: { pollMs: 5, watchdogMs: 20 } });
    const run = await workspace.addRun('one');
    const broken = workspace.another({
      pythonOn: async () => ({ executable: '/bin/true', env: {}, trainerDir: '/' }),
    });
    await startAttempt(broken, run);
    const row = await followRun(broken, run);
    expect(row.failure).toMatchObject({ class: 'not-started', code: 'R118' });
    expect(listAttempts(workspace.store, run).map((each) => each.state)).toEqual([
      ...Array<string>(4).fill('abandoned'),
      'finished',
    ]);
    expect(await workspace.launches(run)).toBe(0);
  });
});

// What a controller leaves that is killed right after it wrote down its intent.
async function neverStarted(run: string): Promise<void> {
  const launch = {
    lorch: 1,
    attempt: 1,
    token: randomUUID(),
    // As versions wrote it that had no hosts.
    launcher: 'local',
    created_ms: Date.now() - 10_000,
    python,
    shim: join(trainerDir, 'shim.py'),
    command: workspace.deps.trainerCommand?.(workspace.runDir(run), 1),
    env: { PATH: process.env.PATH },
  };
  const paths = attemptPaths(workspace.runDir(run), 1);
  await mkdir(paths.dir);
  await writeFile(paths.launch, JSON.stringify(launch));
  const { token, launcher, created_ms: createdMs, shim, env } = launch;
  const command = launch.command ?? [];
  const own = {
    run_dir: workspace.runDir(run),
    attempt: 1,
    python,
    shim,
    command,
    env: { PATH: env.PATH ?? '' },
  };
  recordOwnLaunch(workspace.deps, token, own);
  beginAttempt(workspace.store, run, { n: 1, token, host: launcher, scheduler: 'process', createdMs });
}
