import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { calibrateMemory, pastRuns } from '../../../src/app/forecast/past-runs.ts';
import type { Plan } from '../../../src/run/plan.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { samplePlan } from '../../store/sample-run.ts';
import { makeWorkspace, type TestWorkspace } from '../../supervise/workspace.ts';

const kind = { device: 'cpu', modelType: 'llama' };
const planned = 10_000;

function planWithMemory(changes: Partial<Plan> = {}): Partial<Plan> {
  const { forecast } = samplePlan('x');
  return {
    forecast: { ...forecast, memory: { total_bytes: planned, components: { weights: planned } } },
    ...changes,
  };
}

describe('what later forecasts learn from', () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await makeWorkspace('ok');
  });
  afterEach(() => workspace.close());

  /** Trains with one of test/fixtures/trainers, and gives what counts afterwards. */
  async function learnt(runs: [name: string, trainer: string, plan: Partial<Plan>][]) {
    for (const [name, trainer, plan] of runs) {
      const run = await workspace.addRun(name, plan);
      const command = workspace.deps.trainerCommand;
      const deps = workspace.another({
        trainerCommand: (dir, n) =>
          (command?.(dir, n) ?? []).map((word) => word.replace('ok.py', `${trainer}.py`)),
      });
      await startAttempt(deps, run);
      await followRun(deps, run);
    }
    return pastRuns(workspace.store, workspace.runsDir, kind);
  }

  it('is a run that succeeded, with its peak beside the forecast', async () => {
    const past = await learnt([['good', 'ok', planWithMemory()]]);
    expect(past).toMatchObject([
      { ladder: null, base: 'tiny/llama', peakBytes: 12_345, forecastBytes: planned },
    ]);
    expect(calibrateMemory(past, 100)?.factor).toBeCloseTo(1.2345);
  });

  it('excludes failed runs', async () => {
    const failed = ['fails', 'out_of_memory', 'exits_early', 'dies_mid_line'];
    expect(await learnt(failed.map((trainer) => [trainer, trainer, planWithMemory()]))).toEqual([]);
    const past = await learnt([['good', 'ok', planWithMemory()]]);
    expect(past).toHaveLength(1);
  });

  it('takes out again what an earlier calibration had multiplied', async () => {
    const { forecast } = samplePlan('x');
    const memory = { total_bytes: 2 * planned, components: {}, calibrated: { runs: 3, factor: 2 } };
    const [run] = await learnt([['good', 'ok', { forecast: { ...forecast, memory } }]]);
    expect(run?.forecastBytes).toBe(planned);
  });

  it('excludes runs of another model type or on another device', async () => {
    await learnt([['good', 'ok', planWithMemory()]]);
    const ask = (device: string, modelType: string) =>
      pastRuns(workspace.store, workspace.runsDir, { device, modelType });
    expect(await ask('cpu', 'qwen3')).toEqual([]);
    expect(await ask('NVIDIA H100 80GB HBM3', 'llama')).toEqual([]);
    expect(await ask('cpu', 'llama')).toHaveLength(1);
  });
});
