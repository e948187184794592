// Learning rates by group, computed starts, optimizers and kernels that need a package: what the plan says of them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('options of the training', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  const plan = (...settings: string[]) =>
    workspace.lorch(['plan', 'configs/run.yaml', ...settings.flatMap((each) => ['--set', each])]);

  async function planned(...settings: string[]): Promise<Plan> {
    const result = await workspace.lorch([
      'plan',
      'configs/run.yaml',
      '--json',
      ...settings.flatMap((each) => ['--set', each]),
    ]);
    const answer = JSON.parse(result.stdout) as Plan & { plans?: Plan[] };
    return answer.plans?.[0] ?? answer;
  }

  it('shows each learning rate', async () => {
    const { stdout } = await plan('training.loraplus_lr_ratio=16', 'training.embedding_learning_rate=1.0e-3');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'learning rate 0.01 linear (B matrices 0.16, embeddings in full 0.001)',
    );
  });

  it('refuses a rate that no parameter of this model would have', async () => {
    const result = await plan(
      'lora.modules_to_save=[gate_proj]',
      'lora.target_modules=[q_proj]',
      'training.embedding_learning_rate=1.0e-3',
      'training.loraplus_lr_ratio=4',
      'training.loraplus_lr_embedding=1.0e-3',
    );
    expect(result.stderr + result.stdout).toContain(
      'embedding_learning_rate has no effect: modules_to_save names neither model.embed_tokens nor lm_head',
    );
    expect(result.stderr + result.stdout).toContain(
      'loraplus_lr_embedding has no effect: no embedding layer has an adapter',
    );
    expect(result.exitCode).not.toBe(0);
  });

  it('names the package that an optimizer needs, and where to install it', async () => {
    const result = await plan('training.optim=schedule_free_adamw', 'training.lr_scheduler_type=constant');
    const text = (result.stderr + result.stdout).replace(/\s+/g, ' ');
    expect(text).toContain('P013');
    expect(text).toContain('schedulefree is not installed');
    expect(text).toContain("-m pip install 'schedulefree>=1.4'");
    // All that is wrong is what the machine lacks.
    expect(result.exitCode).toBe(3);
    const tracker = await plan('training.report_to=[neptune]');
    expect((tracker.stderr + tracker.stdout).replace(/\s+/g, ' ')).toContain('neptune is not installed');
    expect(tracker.exitCode).toBe(3);
  });

  it('names package and GPU that kernels need', async () => {
    const liger = await plan('training.use_liger_kernel=true');
    const text = (liger.stderr + liger.stdout).replace(/\s+/g, ' ');
    expect(text).toContain('Liger kernels need a CUDA GPU');
    expect(text).toContain('liger-kernel is not installed');
    const flash = await plan('model.attn_implementation=flash_attention_2', 'model.dtype=bfloat16');
    const said = (flash.stderr + flash.stdout).replace(/\s+/g, ' ');
    expect(said).toContain('flash_attention_2 needs a GPU');
    expect(said).toContain('flash-attn is not installed');
    expect(said).toContain('or kernels, which downloads it from the hub');
  });

  it('counts the disk of an adapter that is saved with twice the rank', async () => {
    const plain = await planned();
    const pissa = await planned('lora.init_lora_weights=pissa');
    const matrices = (plain.forecast.parameters?.modules ?? [])
      .filter(({ name }) => /proj$/.test(name))
      .reduce((sum, { trainable }) => sum + trainable, 0);
    const { adapter_bytes: before = 0 } = plain.forecast.disk ?? {};
    expect(pissa.forecast.disk?.adapter_bytes).toBe(before + 4 * matrices);
    expect(pissa.forecast.parameters).toEqual(plain.forecast.parameters);
    const { stdout } = await plan('lora.init_lora_weights=pissa');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'starts from a part of the base (pissa); saved as an ordinary LoRA of rank 8 over the original base',
    );
  });

  it('refuses more directions than a weight has', async () => {
    const result = await plan('lora.init_lora_weights=olora', 'lora.r=64');
    expect(result.stderr).toMatch(/M005.*olora takes 64 directions/s);
  });

  it('trains, tries and merges from a computed start, at the forecast size', async () => {
    const trained = await workspace.lorch([
      'train',
      'configs/run.yaml',
      '--unreviewed',
      'test',
      '--set',
      'lora.init_lora_weights=pissa',
      '--set',
      'training.loraplus_lr_ratio=4',
      '--set',
      'training.num_train_epochs=1',
    ]);
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect(trained.stderr).not.toContain('R023');
    const [id = ''] = (await readdir(join(workspace.root, 'runs'))).filter((name) =>
      name.includes('tickets'),
    );
    const run = join(workspace.root, 'runs', id);
    const config = JSON.parse(await readFile(join(run, 'adapter/adapter_config.json'), 'utf8'));
    expect([config.r, config.init_lora_weights]).toEqual([8, true]);
    const { adapter_bytes: forecast = 0 } = (
      JSON.parse(await readFile(join(run, 'plan.json'), 'utf8')) as Plan
    ).forecast.disk ?? { adapter_bytes: 0 };
    const files = await readdir(join(run, 'adapter'));
    const sizes = await Promise.all(
      files.map(async (name) => (await readFile(join(run, 'adapter', name))).length),
    );
    const size = sizes.reduce((sum, each) => sum + each, 0);
    expect(Math.abs(forecast - size)).toBeLessThan(0.05 * size + 4096);
    const merged = await workspace.lorch(['merge', '@last', '-o', join(workspace.root, 'merged')]);
    expect(merged.exitCode, merged.stderr).toBe(0);
  });
});
