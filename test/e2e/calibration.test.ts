// A plan before any run, a run, and the plan after it: the later one stands on what was measured.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('forecasts that learn from runs', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  const plan = async (...more: string[]) => {
    const result = await workspace.lorch(['plan', 'configs/run.yaml', '--json', ...more]);
    expect(result.exitCode, result.stderr).toBe(0);
    return (result.json() as unknown as Plan).forecast;
  };

  it('does not know the time on a CPU without a run, and refuses a price that is none', async () => {
    expect((await plan('--price-per-hour', '2')).time).toMatchObject({ source: 'unknown', seconds: null });
    expect((await workspace.lorch(['plan', 'configs/run.yaml', '--price-per-hour', 'x'])).exitCode).toBe(2);
  });

  it('corrects time and memory by the run, and does so after a rebuild', async () => {
    const before = await plan();
    const trained = await workspace.lorch(['train', 'configs/run.yaml', '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const shown = (await workspace.lorch(['show', '@last', '--json'])).json();
    const rows = shown.forecasts as { what: string; actual: number; error_percent: number | null }[];
    const actual = (what: string) => rows.find((row) => row.what === what)?.actual ?? 0;
    const peak = actual('process memory peak');
    const after = await plan('--price-per-hour', '2');
    expect(after.time).toMatchObject({ source: 'workspace', runs: 1, price_per_hour: 2 });
    expect((after.time?.seconds ?? 0) / actual('training time')).toBeCloseTo(1, 1);
    expect(after.time?.cost).toBeCloseTo(((after.time?.seconds ?? 0) / 3600) * 2);
    expect(after.memory?.calibrated?.runs).toBe(1);
    expect((after.memory?.total_bytes ?? 0) / peak).toBeCloseTo(1, 3);
    expect(before.memory?.calibrated).toBeUndefined();
    const report = readFileSync(join(workspace.root, 'runs', String(shown.id), 'report.md'), 'utf8');
    expect(report).toMatch(/process memory peak \|.*%/);
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(workspace.root, 'runs', `lorch.db${suffix}`), { force: true });
    expect(await plan('--price-per-hour', '2')).toEqual({ ...after, disk: expect.anything() });
  });
});
