// A run folder from elsewhere whose plan says trust_remote_code: nothing of its model is executed until this user says so.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRun } from '../../src/app/runs/create-run.ts';
import { findAdapter } from '../../src/app/runs/finished-adapter.ts';
import { runPaths } from '../../src/run/layout.ts';
import { getRun } from '../../src/store/runs.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { recoverRuns } from '../../src/supervise/recover-runs.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { trustCode } from '../../src/supervise/trusted-code.ts';
import { makeBarePython } from '../faults/installation.ts';
import { runCli } from '../run-cli.ts';
import { samplePlan } from '../store/sample-run.ts';
import { makeWorkspace, type TestWorkspace } from './workspace.ts';

const model = { dtype: 'float32', attn_implementation: 'sdpa', trust_remote_code: true };
let workspace: TestWorkspace;
let pythonDir: string;
let python: string;

beforeAll(async () => {
  pythonDir = await mkdtemp(join(tmpdir(), 'lorch-bare-'));
  python = makeBarePython(join(pythonDir, 'python'));
});
afterAll(() => rm(pythonDir, { recursive: true, force: true }));
beforeEach(async () => {
  workspace = await makeWorkspace('ok');
  await writeFile(join(workspace.dir, 'lorch.yaml'), `python: ${python}\n`);
});
afterEach(() => workspace.close());

/** A run that somebody else made: on record here, and never launched by this user. */
async function foreign(): Promise<string> {
  const run = await workspace.addRun('foreign', { model });
  const paths = runPaths(workspace.runDir(run));
  for (const dir of [paths.data, paths.adapter]) await mkdir(dir);
  await writeFile(join(paths.adapter, 'adapter_config.json'), '{}');
  await writeFile(paths.config, 'name: foreign\n');
  await writeFile(paths.ledger, '');
  return run;
}

const lorch = (...args: string[]) => runCli(args, { cwd: workspace.dir, env: workspace.deps.env });

describe('a plan from elsewhere that executes the code of a model', () => {
  it.each([
    ['resume', '--detach'],
    ['rerun', '--detach', '--unreviewed', 'a test'],
    ['try', '--prompt', 'x'],
    ['merge', '-o', 'merged'],
  ])('is refused by lorch %s, which says what to type', async (command, ...options) => {
    const run = await foreign();
    const { exitCode, stderr } = await lorch(command, run, ...options);
    expect(stderr).toContain('R133');
    expect(stderr).toContain('--trust-remote-code');
    expect(exitCode).toBe(2);
    const listed = (await lorch('runs', '--all', '--json')).json().runs as { id: string; attempts: number }[];
    expect(listed).toMatchObject([{ id: run, attempts: 0 }]);
  });

  it.each([
    ['try', '--prompt', 'x'],
    ['merge', '-o', 'merged'],
  ])('is taken by lorch %s --trust-remote-code', async (command, ...options) => {
    const run = await foreign();
    // The Python of this test has no packages: it gets as far as importing them.
    const { stderr } = await lorch(command, run, ...options, '--trust-remote-code');
    expect(stderr).not.toContain('R133');
    expect(stderr).toMatch(/R010/);
  });

  it('starts once this user allows it, and not with another model in its place', async () => {
    const run = await foreign();
    await expect(startAttempt(workspace.deps, run)).rejects.toMatchObject({ code: 'R133' });
    const { dir, plan } = runPaths(workspace.runDir(run));
    trustCode(workspace.deps.env, dir, samplePlan(run, { model }));
    await startAttempt(workspace.deps, run);
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'succeeded' });
    const base = samplePlan(run).base_model;
    const other = samplePlan(run, { model, base_model: { ...base, path: join(dir, 'model') } });
    await writeFile(plan, JSON.stringify(other));
    await expect(startAttempt(workspace.deps, run)).rejects.toMatchObject({ code: 'R133' });
    const request = { store: workspace.store, runsDir: workspace.runsDir, run, env: workspace.deps.env };
    await expect(findAdapter({ ...request, trustCode: false })).rejects.toMatchObject({ code: 'R133' });
    expect(await workspace.launches(run)).toBe(1);
  });

  it('is not started again either, if the plan was replaced after a start that was lost', async () => {
    const run = await workspace.addRun('mine');
    const lost = workspace.another({
      pythonOn: async () => ({ executable: '/bin/true', env: {}, trainerDir: '/' }),
    });
    await startAttempt(lost, run);
    await writeFile(runPaths(workspace.runDir(run)).plan, JSON.stringify(samplePlan(run, { model })));
    for (let i = 0; i < 3; i++) {
      await recoverRuns(workspace.another({ timing: { pollMs: 10, watchdogMs: 50 } }));
      await new Promise((wake) => setTimeout(wake, 60));
    }
    expect(await workspace.launches(run)).toBe(0);
    expect(JSON.stringify(getRun(workspace.store, run)?.failure)).toContain('you have not allowed');
  });
});

it('a run that this user makes from a config may execute the code, until it is removed', async () => {
  const prepared = join(workspace.dir, 'prepared');
  await mkdir(prepared);
  const ledger = join(workspace.dir, 'ledger.gz');
  await writeFile(ledger, '');
  const plan = samplePlan('own', { model });
  const run = await createRun(workspace.deps, { plan, configYaml: '', ledger, prepared });
  await startAttempt(workspace.deps, run);
  expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'succeeded' });
  const removed = await lorch('rm', run, '--yes');
  expect(removed.stderr + removed.exitCode).toMatch(/0$/);
  const cache = join(workspace.dir, '.cache/lorch/trusted');
  expect(await readdir(cache)).toEqual([]);
});
