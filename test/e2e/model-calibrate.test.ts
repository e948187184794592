// A calibration before any run: real steps, kept, and plans that stand on them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { buildCli } from '../cli/build-cli.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

interface Calibrated {
  device: string | null;
  model_type: string;
  interrupted: boolean;
  rungs: {
    batch: number;
    sequence_tokens: number;
    outcome: string;
    reason: string | null;
    forecast: { memory_bytes: number; flops_per_token: number; tokens_per_second: number | null };
    measured: { peak_bytes: number; tokens_per_second: number; steps: number } | null;
  }[];
  memory: { factor: number; runs: number; ladders: number } | null;
  speed: { typical: number; source: string } | null;
}

describe.skipIf(!python)('lorch model calibrate', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  const file = () => join(workspace.root, 'runs/calibration.jsonl');
  const calibrate = async (...args: string[]) => {
    const result = await workspace.lorch(['model', 'calibrate', ...args, '--seconds', '0.2', '--json']);
    return { ...result, value: result.exitCode === 0 ? (result.json() as unknown as Calibrated) : null };
  };
  const forecast = async () =>
    (
      (
        await workspace.lorch(['plan', 'configs/run.yaml', '--price-per-hour', '2', '--json'])
      ).json() as unknown as Plan
    ).forecast;

  it('refuses what it cannot measure', async () => {
    expect((await calibrate('configs/run.yaml', '--lora', 'r=8')).exitCode).toBe(2);
    expect((await calibrate('models/tiny', '--sequence', '99999')).stderr).toMatch(/M035/);
    expect((await calibrate('models/tiny', '--batch', '1,x')).exitCode).toBe(2);
    expect(existsSync(file())).toBe(false);
  });

  it('measures real steps, and plans are corrected by them, also after a rebuild', async () => {
    const before = await forecast();
    expect(before.time?.source).toBe('unknown');
    const { value, stderr } = await calibrate('configs/run.yaml', '--batch', '1,2', '--sequence', '48');
    expect(value, stderr).toMatchObject({ device: 'cpu', model_type: 'llama', interrupted: false });
    expect(value?.rungs.map(({ batch, outcome }) => [batch, outcome])).toEqual([
      [1, 'measured'],
      [2, 'measured'],
    ]);
    const top = value?.rungs[1];
    const ratio = (top?.measured?.peak_bytes ?? 0) / (top?.forecast.memory_bytes ?? 1);
    expect(value?.memory).toMatchObject({ runs: 1, ladders: 1, factor: expect.closeTo(ratio) });
    expect(value?.speed?.source).toBe('workspace');
    expect((value?.speed?.typical ?? 0) / (top?.measured?.tokens_per_second ?? 1)).toBeCloseTo(1, 6);
    expect(readFileSync(file(), 'utf8').trim().split('\n')).toHaveLength(2);

    const after = await forecast();
    expect(after.memory?.calibrated).toMatchObject({ runs: 1, ladders: 1 });
    expect((after.memory?.total_bytes ?? 0) / (before.memory?.total_bytes ?? 1)).toBeCloseTo(ratio, 5);
    expect(after.time).toMatchObject({ source: 'workspace', runs: 1, cost: expect.any(Number) });
    expect(after.time?.basis).toMatch(/^1 calibration of this model family/);
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(workspace.root, 'runs', `lorch.db${suffix}`), { force: true });
    expect(await forecast()).toEqual({ ...after, disk: expect.anything() });
    expect((await workspace.lorch(['db', 'rebuild'])).exitCode).toBe(0);
    expect(await forecast()).toEqual({ ...after, disk: expect.anything() });
  });

  it('counts beside runs: the next plan uses both, and has the time to the first step', async () => {
    const trained = await workspace.lorch(['train', 'configs/run.yaml', '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const after = await forecast();
    expect(after.memory?.calibrated).toMatchObject({ runs: 2, ladders: 1 });
    expect(after.time?.basis).toMatch(/^1 run and 1 calibration/);
    const shown = (await workspace.lorch(['show', '@last', '--json'])).json();
    const rows = shown.forecasts as { what: string; actual: number | null }[];
    const start = rows.find(({ what }) => what === 'time to the first step')?.actual;
    expect(start).toBeGreaterThan(0);
    expect(after.time?.startup_seconds).toBe(start);
    const screen = await workspace.lorch(['plan', 'configs/run.yaml']);
    expect(screen.stdout.replace(/\s+/g, ' ')).toMatch(/from 1 run and 1 calibration here.*to start/);
  });

  it('takes a model without a config, and leaves out sizes that would take too long', async () => {
    const { value, stderr } = await calibrate(
      ...['models/tiny', '--lora', 'r=4,target_modules=q_proj', '--set', 'model.dtype=float32'],
      ...['--batch', '1,20000', '--sequence', '16'],
    );
    expect(value?.rungs[0]?.outcome, stderr).toBe('measured');
    expect(value?.rungs[1]).toMatchObject({ outcome: 'left_out', reason: expect.stringMatching(/a step/) });
    expect(value?.memory?.ladders).toBe(2);
  });

  it('keeps what was measured when Ctrl-C ends it, and leaves nothing else behind', async () => {
    rmSync(file());
    const tmp = join(workspace.root, 'tmp');
    mkdirSync(tmp);
    const cli = buildCli();
    try {
      const args = ['model', 'calibrate', 'configs/run.yaml', '--sequence', '16,32', '--seconds', '600'];
      const child = spawn(process.execPath, [cli.bin, ...args, '--json', '--set', 'training.seed=1'], {
        cwd: workspace.root,
        env: { ...workspace.env, TMPDIR: tmp } as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [out, err, sent] = ['', '', false];
      child.stdout.on('data', (text) => {
        out += text;
      });
      child.stderr.on('data', (text) => {
        err += text;
        if (!sent && err.includes('size 2 of 2')) sent = child.kill('SIGINT');
      });
      const [code] = await once(child, 'close');
      expect(code, err).toBe(130);
      expect(err).toMatch(/interrupted; 1 of 2 sizes are kept/);
      const value = JSON.parse(out) as Calibrated;
      expect(value.interrupted).toBe(true);
      expect(value.rungs.map(({ outcome }) => outcome)).toEqual(['measured', 'left_out']);
      expect(readFileSync(file(), 'utf8').trim().split('\n')).toHaveLength(1);
      // It is removed once the trainer has ended.
      expect(readdirSync(tmp).filter((name) => name.startsWith('lorch-'))).toEqual([]);
    } finally {
      cli.remove();
    }
  });
});
