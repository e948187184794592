import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isResumed, measuredSpan } from '../../../src/app/forecast/measured-span.ts';
import { pastRuns } from '../../../src/app/forecast/past-runs.ts';
import { compareRuns } from '../../../src/app/runs/compare-runs.ts';
import { showRun } from '../../../src/app/runs/show-run.ts';
import type { Plan } from '../../../src/run/plan.ts';
import { getRun, type RunRow } from '../../../src/store/runs.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { samplePlan } from '../../store/sample-run.ts';
import { makeWorkspace, type TestWorkspace } from '../../supervise/workspace.ts';

const { forecast } = samplePlan('x');
const plan: Partial<Plan> = {
  forecast: {
    ...forecast,
    steps: { per_epoch: 10, total: 10 },
    time: {
      seconds: 100,
      low_seconds: 50,
      high_seconds: 200,
      tokens: 1000,
      tokens_per_epoch: 1000,
      tokens_per_second: 10,
      flops_per_token: 10,
      source: 'workspace',
      basis: 'a test',
      runs: 1,
    },
  },
};

describe('the time of a run that was killed and resumed', () => {
  let workspace: TestWorkspace;
  let run: string;
  beforeEach(async () => {
    workspace = await makeWorkspace('killed_once');
    run = await workspace.addRun('cut', plan);
    for (const _ of [1, 2]) {
      await startAttempt(workspace.deps, run);
      await followRun(workspace.deps, run);
    }
  });
  afterEach(() => workspace.close());

  it('is that of the attempts that say it, with the steps and tokens of just these', async () => {
    const row = getRun(workspace.store, run) as RunRow;
    expect(row.tokens).toBe(1000);
    expect(isResumed(workspace.store, run)).toBe(true);
    expect(measuredSpan(workspace.store, row)).toEqual({
      seconds: 0.01,
      steps: 7,
      tokens: 700,
      trainedTokens: 280,
    });
    const [past] = await pastRuns(workspace.store, workspace.runsDir, { device: 'cpu', modelType: 'llama' });
    expect(past?.tokensPerSecond).toBeCloseTo(70_000);
  });

  it('is compared with the forecast for as many steps', async () => {
    const shown = await showRun(workspace.store, workspace.runsDir, run, Date.now());
    expect(shown.forecasts.find(({ what }) => what.startsWith('training time'))).toMatchObject({
      what: 'training time of 7 of 10 steps',
      forecast: 70,
      actual: 0.01,
    });
    expect(shown.run.trained_tokens_per_second).toBeCloseTo(28_000);
  });

  it('wins nothing', async () => {
    const other = await workspace.addRun('whole', plan);
    const command = workspace.deps.trainerCommand;
    const slower = workspace.another({
      trainerCommand: (dir, n) =>
        (command?.(dir, n) ?? []).map((word) => word.replace('killed_once.py', 'ok.py')),
    });
    await startAttempt(slower, other);
    await followRun(slower, other);
    const { results } = await compareRuns({
      store: workspace.store,
      runsDir: workspace.runsDir,
      runs: [run, other],
      metrics: [],
      now: Date.now(),
    });
    const speed = results.find(({ name }) => name === 'trained tokens/s');
    expect(speed?.values[0]).toBeGreaterThan(speed?.values[1] ?? 0);
    expect(speed?.best).toBeNull();
    expect(results.find(({ name }) => name === 'attempts')?.values).toEqual([2, 1]);
  });
});
