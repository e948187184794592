// Check settings decide which rows a run trains on, and stand in its plan.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('check settings of a run', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  const plan = async (...set: string[]): Promise<Plan> => {
    const args = set.flatMap((each) => ['--set', each]);
    const { stdout, stderr } = await workspace.lorch(['plan', 'configs/run.yaml', '--json', ...args]);
    if (!stdout) throw new Error(stderr);
    return JSON.parse(stdout) as Plan;
  };

  let plain: Plan;
  let chosen: Plan;

  it('stand in the plan only where they differ from the defaults', async () => {
    plain = await plan();
    expect(plain.dataset.checks).toBeUndefined();
    expect(plain.dataset.dropped.D014).toBeGreaterThan(0);
  });

  it('of the workspace decide which rows leave, and are part of the hash', async () => {
    await workspace.write('lorch.yaml', `python: ${python}\nchecks:\n  empty-answer: warning\n`);
    const kept = await plan();
    expect(kept.dataset.checks).toEqual({ D014: { severity: 'warning' } });
    expect(kept.dataset.dropped.D014).toBeUndefined();
    expect(kept.plan_hash).not.toBe(plain.plan_hash);
  });

  it('beside the dataset go before those of the workspace, and those of the config before these', async () => {
    await workspace.write('datasets/tickets.jsonl.checks.yaml', 'D014: error\n');
    expect((await plan()).dataset.dropped.D014).toBe(plain.dataset.dropped.D014);
    chosen = await plan('dataset.checks.D014=note');
    expect(chosen.dataset.checks).toEqual({ D014: { severity: 'note' } });
  });

  it('that change no row change no hash', async () => {
    const other = await plan('dataset.checks.D014=note', 'dataset.checks.D050=note');
    expect(other.plan_hash).toBe(chosen.plan_hash);
  });

  it('that are wrong are named where they stand', async () => {
    const text =
      'name: x\nbase_model: models/tiny\ndataset:\n  train: datasets/tickets.jsonl\n  checks:\n    empty-anser: off\n';
    await workspace.write('configs/wrong.yaml', text);
    for (const command of [['plan'], ['config', 'check']]) {
      const { exitCode, stdout, stderr } = await workspace.lorch([...command, 'configs/wrong.yaml']);
      expect(exitCode).toBe(2);
      expect(stdout + stderr).toContain('configs/wrong.yaml:6:5 error D094');
      expect(stdout + stderr).toContain('did you mean `empty-answer`?');
    }
    await workspace.write('configs/wrong.yaml', text.replace('empty-anser: off', 'D014: loud'));
    const { stdout } = await workspace.lorch(['config', 'check', 'configs/wrong.yaml']);
    expect(stdout).toMatch(/configs\/wrong\.yaml:6:11 error C01\d/);
  });
});
