// Going on from an adapter as a user does it: train, continue, stop, resume, compare; fuse, try, merge; without the source.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attemptPaths } from '../../src/run/layout.ts';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const weights = 'adapter_model.safetensors';
const head = `
base_model: models/tiny
model: { dtype: float32 }
dataset: { train: datasets/tickets.jsonl, validation: { fraction: 0.15, seed: 7 }, on_error: drop }
training:
  max_steps: 4
  save_steps: 2
  per_device_train_batch_size: 8
  gradient_accumulation_steps: 1
  gradient_checkpointing: false
  learning_rate: 1.0e-2
  max_length: 96
  eval_strategy: steps
  eval_steps: 2
  eval_on_start: true
`;

describe.skipIf(!python)('init_adapter', () => {
  let workspace: TestWorkspace;
  let source: string;
  beforeAll(async () => {
    workspace = await makeWorkspace();
    const lora = 'lora: { r: 4, lora_alpha: 12, target_modules: [q_proj, v_proj] }\n';
    await workspace.write('configs/first.yaml', `name: first${head}${lora}`);
    await workspace.write('configs/more.yaml', `name: more\ninit_adapter: first${head}`);
    await workspace.write(
      'configs/fused.yaml',
      `name: fused\ninit_adapter: { from: '@last', mode: fuse }${head}lora: { r: 2, target_modules: [o_proj] }\n`,
    );
    source = await train('configs/first.yaml');
  });
  afterAll(() => workspace.remove());

  async function train(config: string): Promise<string> {
    const trained = await workspace.lorch(['train', config, '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    return trained.stdout.trim();
  }
  const file = (run: string, name: string) => join(workspace.root, 'runs', run, name);
  const planOf = (run: string) => JSON.parse(readFileSync(file(run, 'plan.json'), 'utf8')) as Plan;
  /** Validation losses by step, over all attempts. */
  const evaluations = (run: string) => {
    const losses = new Map<number, number>();
    for (let n = 1; existsSync(attemptPaths(file(run, ''), n).events); n += 1)
      for (const line of readFileSync(attemptPaths(file(run, ''), n).events, 'utf8')
        .trim()
        .split('\n')) {
        const event = JSON.parse(line);
        if (event.type === 'eval') losses.set(event.step, event.metrics.eval_loss);
      }
    return losses;
  };

  it('continues where the source ended, with its settings, as the plan says', async () => {
    const planned = await workspace.lorch(['plan', 'configs/more.yaml']);
    expect(planned.stdout, planned.stderr).toContain(`starts from run ${source}`);
    const run = await train('configs/more.yaml');
    const plan = planOf(run);
    expect(plan.init_adapter).toMatchObject({ mode: 'continue', source: 'run', run: source });
    expect(plan.lora).toMatchObject({ r: 4, lora_alpha: 12, target_modules: ['q_proj', 'v_proj'] });
    expect(evaluations(run).get(0)).toBe(evaluations(source).get(4));
    const copy = readFileSync(file(run, `data/init_adapter/${weights}`));
    expect(copy.equals(readFileSync(file(source, `adapter/${weights}`)))).toBe(true);
    const shown = (await workspace.lorch(['show', run, '--json'])).json();
    for (const { what, unit, forecast, actual } of shown.forecasts as Record<string, unknown>[])
      if (unit === 'count') expect([what, actual]).toEqual([what, forecast]);
    expect((shown.findings as { code: string }[]).filter(({ code }) => code.startsWith('R'))).toEqual([]);
    const compared = (await workspace.lorch(['compare', source, run, '--json'])).json();
    expect((compared.config as { path: string }[]).map(({ path }) => path)).toEqual([
      'init_adapter.from',
      'init_adapter.mode',
      'init_adapter.sha256',
    ]);
    expect(readFileSync(file(run, 'report.md'), 'utf8')).toContain(source);
    expect(readFileSync(file(run, 'config.yaml'), 'utf8')).toContain(`from: ${source}`);
  });

  it('resumes from its checkpoint and not from the adapter again', async () => {
    const run = 'more';
    const whole = (await workspace.lorch(['show', run, '--json'])).json().id as string;
    const again = await workspace.lorch(['rerun', whole, '--detach']);
    expect(again.exitCode, again.stderr).toBe(0);
    const id = again.stdout.trim();
    // Stopped where the first checkpoint is written, whenever that is.
    for (let i = 0; i < 600 && !existsSync(file(id, 'checkpoints/checkpoint-2')); i += 1)
      await new Promise((done) => setTimeout(done, 100));
    await workspace.lorch(['stop', id]);
    const ended = (await workspace.lorch(['show', id, '--json'])).json();
    if (ended.status !== 'succeeded') {
      const resumed = await workspace.lorch(['resume', id]);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
    }
    // `eval_on_start` evaluates where an attempt begins, too.
    const found = evaluations(id);
    for (const [step, loss] of evaluations(whole)) expect([step, found.get(step)]).toEqual([step, loss]);
    const adapter = readFileSync(file(id, `adapter/${weights}`));
    expect(adapter.equals(readFileSync(file(whole, `adapter/${weights}`)))).toBe(true);
  });

  it('fuses it into the base, and try and merge do so again, though the source is gone', async () => {
    const named = (await workspace.lorch(['plan', 'configs/fused.yaml', '--json'])).json() as unknown as Plan;
    expect(named.init_adapter?.run).not.toBe(source);
    const run = await train('configs/fused.yaml');
    const from = planOf(run).init_adapter?.run ?? '';
    expect(evaluations(run).get(0)).toBeCloseTo(evaluations(from).get(4) ?? 0, 5);
    expect((await workspace.lorch(['rm', from, source, '--yes'])).exitCode).toBe(0);
    const merged = await workspace.lorch(['merge', run, '-o', 'merged', '--json']);
    expect(merged.json(), merged.stderr).toMatchObject({ within_tolerance: true });
    const tried = (await workspace.lorch(['try', run, '--json', '--max-new-tokens', '2'])).json();
    expect((tried.prompts as unknown[]).length).toBeGreaterThan(0);
    const chained = await workspace.lorch(['plan', 'configs/more.yaml', '--set', `init_adapter=${run}`]);
    expect([chained.exitCode, chained.stderr]).toEqual([2, expect.stringContaining('P053')]);
    expect(chained.stderr).toContain(`lorch merge ${run}`);
  });

  it('is what the error names where an adapter is taken for a base model', async () => {
    const { id } = (await workspace.lorch(['show', 'more', '--json'])).json();
    const wrong = await workspace.lorch([
      'plan',
      'configs/first.yaml',
      '--set',
      `base_model=runs/${id}/adapter`,
    ]);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('M010')]);
    expect(wrong.stderr).toContain(`init_adapter: runs/${id}/adapter`);
  });
});
