// The main job as a user does it: check, plan, train, show, compare, try, merge, rebuild.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('the main job', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  it('plans without starting anything, and the ledger adds up', async () => {
    const result = await workspace.lorch(['plan', 'configs/run.yaml', '--json']);
    expect(result.exitCode, result.stderr).toBe(0);
    const plan = result.json() as unknown as Plan;
    const { dataset, forecast } = plan;
    expect(dataset.rows_in).toBe(66);
    expect(Object.values(dataset.dropped)).toEqual([1, 1]);
    expect(dataset.train.rows + (dataset.validation?.rows ?? 0)).toBe(64);
    // r·(in + out) by hand: q is 48→48 and v is 48→kv in both layers, embedding and head are copied whole.
    const plain = (forecast.parameters?.modules ?? [])
      .filter(({ name }) => /[qv]_proj$/.test(name))
      .reduce((sum, module) => sum + 4 * (module.in + module.out), 0);
    const saved = (forecast.parameters?.modules ?? [])
      .filter(({ name }) => /embed_tokens|lm_head/.test(name))
      .reduce((sum, module) => sum + module.in * module.out, 0);
    expect(forecast.parameters?.trainable).toBe(plain + saved);
    expect(existsSync(join(workspace.root, 'runs', 'lorch.db'))).toBe(true);
    expect((await workspace.lorch(['runs', '--json'])).json().runs).toEqual([]);
  });

  it('trains, and everything planned is what happened', async () => {
    const trained = await workspace.lorch(['train', 'configs/run.yaml', '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const id = trained.stdout.trim();
    const shown = (await workspace.lorch(['show', '@last', '--json'])).json();
    expect(shown.id).toBe(id);
    expect(shown.status).toBe('succeeded');
    const forecasts = shown.forecasts as { what: string; unit: string; forecast: number; actual: number }[];
    for (const { what, unit, forecast, actual } of forecasts)
      if (unit === 'count') expect([what, actual]).toEqual([what, forecast]);
    for (const { what, forecast, actual } of forecasts.filter(({ what }) => /checkpoint|adapter/.test(what)))
      expect([what, Math.abs(actual / forecast - 1) < 0.15]).toEqual([what, true]);
    expect(forecasts.map(({ what }) => what)).toContain('one checkpoint');
    const metrics = shown.metrics as { name: string; last: number; max: number; points: number }[];
    const loss = metrics.find(({ name }) => name === 'loss');
    expect(loss?.last).toBeLessThan((loss?.max ?? 0) - 1);
    expect((shown.findings as { code: string }[]).filter(({ code }) => code.startsWith('R1'))).toEqual([]);
    expect((shown.plan as Plan).review.reason).toBe('a test');
    const dir = join(workspace.root, 'runs', id);
    const ledger = gunzipSync(readFileSync(join(dir, 'ledger.jsonl.gz')))
      .toString()
      .trim()
      .split('\n');
    expect(ledger.length).toBe(66);
    for (const file of ['report.md', 'config.yaml', 'run.json', 'adapter/adapter_model.safetensors'])
      expect(existsSync(join(dir, file)), file).toBe(true);
  });

  it('tries, merges, and compares with another rank', async () => {
    const other = await workspace.lorch([
      'train',
      'configs/run.yaml',
      '--set',
      'lora.r=8',
      '--set',
      'name=wide',
      '--unreviewed',
      'a test',
    ]);
    expect(other.exitCode, other.stderr).toBe(0);
    const compared = (await workspace.lorch(['compare', 'tickets', 'wide', '--json'])).json();
    expect((compared.config as { path: string }[]).map(({ path }) => path)).toEqual([
      'lora.lora_alpha',
      'lora.r',
    ]);
    expect(compared.validation_comparable).toBe(true);
    const csv = (await workspace.lorch(['compare', 'tickets', 'wide', '--csv'])).stdout;
    expect(csv).toContain('lora.r,4,8');
    const tried = (await workspace.lorch(['try', 'wide', '--json', '--max-new-tokens', '12'])).json();
    const prompts = tried.prompts as { base: string; adapter: string; expected: string }[];
    expect(prompts.length).toBe(3);
    expect(prompts.some(({ base, adapter }) => base !== adapter)).toBe(true);
    const merged = (await workspace.lorch(['merge', 'wide', '-o', 'merged', '--json'])).json();
    expect(merged.within_tolerance).toBe(true);
    const again = await workspace.lorch(['merge', 'wide', '-o', 'merged']);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('R154')]);
  });

  it('gives the same answers after the database is made again', async () => {
    const ask = async () => {
      const { runs } = (await workspace.lorch(['runs', '--json'])).json();
      const compared = (await workspace.lorch(['compare', 'tickets', 'wide', '--json'])).json();
      return { runs, compared };
    };
    const before = await ask();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(workspace.root, `runs/lorch.db${suffix}`), { force: true });
    expect(await ask()).toEqual(before);
    expect((await workspace.lorch(['db', 'rebuild'])).exitCode).toBe(0);
    expect(await ask()).toEqual(before);
  });

  it('repeats a run from its plan, loss by loss', async () => {
    const again = await workspace.lorch(['rerun', 'tickets']);
    expect(again.exitCode, again.stderr).toBe(0);
    const losses = async (run: string) =>
      (
        (await workspace.lorch(['compare', run, 'wide', '--json'])).json().curves as {
          loss: { points: unknown }[];
        }
      ).loss[0]?.points;
    const first = (await workspace.lorch(['runs', '--json'])).json().runs as { id: string }[];
    const [newest, , oldest] = first.map(({ id }) => id);
    expect(await losses(newest ?? '')).toEqual(await losses(oldest ?? ''));
  });
});
