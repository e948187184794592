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

  it('go lorch.yaml < beside the dataset < config, decide what leaves, and are part of the hash', async () => {
    const plain = await plan();
    expect(plain.dataset.checks).toBeUndefined();
    expect(plain.dataset.dropped.D014).toBeGreaterThan(0);

    await workspace.write('lorch.yaml', `python: ${python}\nchecks:\n  empty-answer: warning\n`);
    const kept = await plan();
    expect(kept.dataset.checks).toEqual({ D014: { severity: 'warning' } });
    expect(kept.dataset.dropped.D014).toBeUndefined();
    expect(kept.plan_hash).not.toBe(plain.plan_hash);

    await workspace.write('datasets/tickets.jsonl.checks.yaml', 'D014: error\n');
    expect((await plan()).dataset.dropped.D014).toBe(plain.dataset.dropped.D014);

    const chosen = await plan('dataset.checks.D014=note');
    expect(chosen.dataset.checks).toEqual({ D014: { severity: 'note' } });
    // What changes no row changes no hash.
    expect((await plan('dataset.checks.D014=note', 'dataset.checks.D050=note')).plan_hash).toBe(
      chosen.plan_hash,
    );
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
