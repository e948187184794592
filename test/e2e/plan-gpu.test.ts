// A plan for a GPU that is not at hand: a 70B config beside a tokenizer, no weights.
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('lorch plan --gpu', () => {
  let workspace: TestWorkspace;
  const plan = (gpu: string, ...settings: string[]) =>
    workspace.lorch([
      'plan',
      'configs/run.yaml',
      '--gpu',
      gpu,
      '--json',
      ...['base_model=models/l70', 'resources.gpus=1', ...settings].flatMap((each) => ['--set', each]),
    ]);
  beforeAll(async () => {
    workspace = await makeWorkspace();
    const { root, write } = workspace;
    const folder = join(root, 'models/l70');
    await cp(join(root, 'models/tiny'), folder, { recursive: true });
    await rm(join(folder, 'model.safetensors'));
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    const sizes = {
      hidden_size: 8192,
      intermediate_size: 28_672,
      num_hidden_layers: 80,
      vocab_size: 128_256,
    };
    const heads = { num_attention_heads: 64, num_key_value_heads: 8, head_dim: 128 };
    await write('models/l70/config.json', JSON.stringify({ ...config, ...sizes, ...heads }));
  });
  afterAll(() => workspace.remove());

  it('refuses what cannot fit, and names what would', async () => {
    const { exitCode, stdout } = await plan('h100-80gb');
    const { forecast, findings } = JSON.parse(stdout) as Plan;
    expect(exitCode).toBe(1);
    expect(findings.map(({ code }) => code)).toContain('P020');
    expect(forecast.memory).toMatchObject({
      verdict: 'does_not_fit',
      gpu: { name: 'h100-80gb' },
      largest_batch: 0,
    });
    expect(forecast.memory?.changes?.some(({ verdict }) => verdict === 'fits')).toBe(true);
  });

  it('lets accepted memory through, as a note with the reason', async () => {
    const { exitCode, stdout } = await plan('h100-80gb', 'accept.P020=the card will have been changed');
    const { findings } = JSON.parse(stdout) as Plan;
    expect(exitCode).toBe(0);
    expect(findings.find(({ code }) => code === 'P020')).toMatchObject({
      severity: 'note',
      data: { accepted: 'the card will have been changed' },
    });
  });

  it('says where quantization buys nothing', async () => {
    const nf4 = ['quantization.load_in_4bit=true', 'quantization.bnb_4bit_quant_type=nf4'];
    const codes = async (...settings: string[]) =>
      (JSON.parse((await plan('h100-80gb', ...settings)).stdout) as Plan).findings.map(({ code }) => code);
    expect(await codes('base_model=models/tiny', ...nf4)).toContain('A019');
    expect(await codes(...nf4)).not.toContain('A019');
  });

  it('plans the suggested change, with the memory that was promised', async () => {
    const before = JSON.parse((await plan('h100-80gb')).stdout) as Plan;
    const change = before.forecast.memory?.changes?.find(
      ({ settings, verdict }) => verdict === 'fits' && settings.quantization,
    );
    const settings = Object.entries(change?.settings ?? {}).flatMap(([section, fields]) =>
      Object.entries(fields).map(([name, value]) => `${section}.${name}=${String(value)}`),
    );
    const { stdout } = await plan('h100-80gb', ...settings);
    const after = JSON.parse(stdout) as Plan;
    expect(after.forecast.memory).toMatchObject({ verdict: 'fits', total_bytes: change?.total_bytes });
    expect(after.findings.map(({ code }) => code)).not.toContain('P020');
  });

  it('knows the GPUs of its table only', async () => {
    expect(await plan('h99')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('M030') });
  });
});
