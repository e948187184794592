// What a user is told when something is wrong, before anything starts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('refusals', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  it('refuses rows with errors unless the config lets them leave', async () => {
    const result = await workspace.lorch(['plan', 'configs/run.yaml', '--set', 'dataset.on_error=refuse']);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('datasets/tickets.jsonl:1:');
    expect(result.stderr).toContain('D014');
    expect(result.stderr).toContain('P002');
  });

  it('names a target that matches nothing, with the nearest names', async () => {
    const result = await workspace.lorch([
      'plan',
      'configs/run.yaml',
      '--set',
      'lora.target_modules=[q_porj]',
    ]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(/M001.*q_porj/);
    expect(result.stderr).toContain('q_proj');
  });

  it('names a missing model and a missing dataset', async () => {
    const model = await workspace.lorch(['plan', 'configs/run.yaml', '--set', 'base_model=./models/none']);
    expect([model.exitCode, model.stderr]).toEqual([2, expect.stringContaining('M011')]);
    const data = await workspace.lorch([
      'plan',
      'configs/run.yaml',
      '--set',
      'dataset.train=datasets/none.jsonl',
    ]);
    expect(data.exitCode).toBe(2);
    expect(data.stderr).toContain('datasets/none.jsonl');
  });

  it('shows every config error at once, with did-you-mean', async () => {
    await workspace.write('configs/bad.yaml', 'name: x\nbase_modell: y\nlora: { rank: 4 }\n');
    const result = await workspace.lorch(['train', 'configs/bad.yaml']);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('configs/bad.yaml:2:1');
    expect(result.stderr).toContain('base_model');
    expect(result.stderr).toMatch(/configs\/bad\.yaml:3:\d+/);
  });

  it('says what to do outside a workspace', async () => {
    const result = await runCli(['runs'], { cwd: '/', env: workspace.env });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('lorch init');
  });

  it('suggests commands, options and runs', async () => {
    expect((await workspace.lorch(['tain'])).stderr).toContain('train');
    expect((await workspace.lorch(['train', 'x', '--unreviwed', 'y'])).stderr).toContain('--unreviewed');
    const run = await workspace.lorch(['show', 'nothing']);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('U101')]);
  });
});
