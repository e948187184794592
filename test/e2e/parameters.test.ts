// Forecast parameters against what happens, for architectures beyond the tiny Llama of the other tests.
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const sizes = {
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 384,
  tie_word_embeddings: false,
};

const moe = {
  model_type: 'qwen3_moe',
  ...sizes,
  head_dim: 8,
  moe_intermediate_size: 16,
  num_experts: 4,
  num_experts_per_tok: 2,
};

/** A random model of a config, with the workspace's tokenizer. */
async function makeModel({ root, write }: TestWorkspace, name: string, config: object): Promise<void> {
  await cp(join(root, 'models/tiny'), join(root, 'models', name), { recursive: true });
  await write(`models/${name}/config.json`, JSON.stringify(config));
  const script = `
import sys, torch
from transformers import AutoConfig, AutoModelForCausalLM
torch.manual_seed(0)
AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(sys.argv[1])).save_pretrained(sys.argv[1])`;
  await execa(python ?? '', ['-c', script, join(root, 'models', name)], { env: { OMP_NUM_THREADS: '1' } });
}

describe.skipIf(!python)('parameters as forecast', () => {
  let workspace: TestWorkspace;
  const lorch = (args: string[], ...settings: string[]) =>
    workspace.lorch([...args, ...settings.flatMap((setting) => ['--set', setting])]);
  const steps = ['training.num_train_epochs=1', 'lora.modules_to_save=null'];
  beforeAll(async () => {
    workspace = await makeWorkspace();
    await makeModel(workspace, 'moe', moe);
    await makeModel(workspace, 'olmo', { model_type: 'olmo', ...sizes });
  });
  afterAll(() => workspace.remove());

  it.each([
    // Four experts in each of two layers: 2r on gate and up together (32 → 2·16), r on down (16 → 32).
    ['all-linear', ['lora.target_modules=all-linear'], 4 * (8 * 64 + 4 * 48)],
    [
      'their old names',
      ['lora.target_modules=[q_proj, gate_proj, up_proj, down_proj]'],
      4 * (8 * 64 + 4 * 48),
    ],
    [
      'parameters',
      ['lora.target_modules=[q_proj]', 'lora.target_parameters=[experts.down_proj]'],
      4 * 4 * 48,
    ],
  ])('experts train as forecast where %s name them', async (_, targets, inLayer) => {
    const settings = ['base_model=models/moe', ...targets, ...steps];
    const planned = (
      await lorch(['plan', 'configs/run.yaml', '--json'], ...settings)
    ).json() as unknown as Plan;
    const { parameters } = planned.forecast;
    const experts = parameters?.modules.filter(({ name }) => name.endsWith('mlp.experts')) ?? [];
    expect(experts.map(({ trainable }) => trainable)).toEqual([inLayer, inLayer]);
    const trained = await lorch(['train', 'configs/run.yaml', '--unreviewed', 'a test'], ...settings);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const shown = (await workspace.lorch(['show', '@last', '--json'])).json() as unknown as {
      forecasts: { what: string; forecast: number; actual: number }[];
      findings: { code: string; message: string }[];
    };
    expect(shown.findings.filter(({ code }) => code.startsWith('R0'))).toEqual([]);
    const rows = shown.forecasts.filter(({ what }) => what.endsWith('parameters'));
    expect(rows.map(({ actual }) => actual)).toEqual([parameters?.trainable, parameters?.total]);
  });

  it('dropout with experts is refused before anything starts', async () => {
    const settings = ['base_model=models/moe', 'lora.target_modules=all-linear', 'lora.lora_dropout=0.1'];
    const result = await lorch(['plan', 'configs/run.yaml'], ...settings, ...steps);
    expect([result.exitCode, result.stderr]).toEqual([2, expect.stringContaining('M005')]);
    expect(result.stderr).toContain('lora_dropout: 0');
  });

  it('an adapter on the head is refused before anything starts, for all ways to name it', async () => {
    const settings = ['base_model=models/moe', 'lora.target_modules=".*(q_proj|lm_head)"', ...steps];
    const result = await lorch(['plan', 'configs/run.yaml'], ...settings);
    expect([result.exitCode, result.stderr]).toEqual([2, expect.stringContaining('M021')]);
  });

  it('an attention that the model does not have is refused before anything starts', async () => {
    await cp(join(workspace.root, 'models/tiny'), join(workspace.root, 'models/oss'), { recursive: true });
    await workspace.write(
      'models/oss/config.json',
      JSON.stringify({ ...moe, model_type: 'gpt_oss', num_local_experts: 4 }),
    );
    const settings = ['base_model=models/oss', ...steps];
    const refused = await lorch(['plan', 'configs/run.yaml'], ...settings);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('M023')]);
    const eager = await lorch(['plan', 'configs/run.yaml'], ...settings, 'model.attn_implementation=eager');
    expect(eager.exitCode, eager.stderr).toBe(0);
  });

  it('an architecture that lorch has no tables for is counted by PEFT while planning', async () => {
    const settings = ['base_model=models/olmo', 'lora.target_modules=[q_proj]', ...steps];
    const result = await lorch(['plan', 'configs/run.yaml', '--json'], ...settings);
    const { forecast, findings } = result.json() as unknown as Plan;
    const config = JSON.parse(await readFile(join(workspace.root, 'models/olmo/config.json'), 'utf8'));
    expect(config.model_type).toBe('olmo');
    expect(forecast.parameters?.trainable).toBe(2 * 4 * (32 + 32));
    expect(findings.map(({ code }) => code)).not.toContain('P006');
  });

  it('and what PEFT refuses for it is refused while planning', async () => {
    const settings = ['base_model=models/olmo', 'lora.target_modules=[nonesuch]', ...steps];
    const result = await lorch(['plan', 'configs/run.yaml'], ...settings);
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toMatch(/R035.*nonesuch/s);
  });
});
