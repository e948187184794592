// Advice and `accept:` through the real command, on a tiny model.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnostics/finding.ts';
import { readStoredTensors } from '../../src/hub/safetensors-header.ts';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('advice in plans', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  async function plans(...settings: string[]): Promise<Plan[]> {
    const sets = settings.flatMap((each) => ['--set', each]);
    const { stdout, stderr } = await workspace.lorch(['plan', 'configs/run.yaml', '--json', ...sets]);
    if (!stdout) throw new Error(stderr);
    const made = JSON.parse(stdout) as Plan & { plans?: Plan[] };
    return made.plans ?? [made];
  }
  const advice = (plan: Plan | undefined): Finding[] =>
    plan?.findings.filter(({ code }) => code.startsWith('A') || code === 'P040') ?? [];
  const codes = async (...settings: string[]): Promise<string[]> =>
    advice((await plans(...settings))[0]).map(({ code }) => code);

  it("uses this plan's figures", async () => {
    // 50-odd rows, 14 steps, adapters on q_proj and v_proj; embedding and head are trained in full and no adapters.
    expect(await codes('training.learning_rate=2e-5')).toEqual(['A001', 'A004', 'A009', 'A016']);
  });

  it('falls silent where the setting changes', async () => {
    const found = await codes('lora.target_modules=all-linear', 'training.num_train_epochs=20');
    expect(found).not.toContain('A004');
    expect(found).not.toContain('A009');
    expect(found).toContain('A010');
  });

  it('sees a control token whose embedding is empty, until the run trains it', async () => {
    const path = join(workspace.root, 'models/tiny/model.safetensors');
    const whole = readFileSync(path);
    const read = (name: string) =>
      JSON.parse(readFileSync(join(workspace.root, 'models/tiny', name), 'utf8'));
    const end: string = read('tokenizer_config.json').eos_token;
    const added: { id: number; content: string }[] = read('tokenizer.json').added_tokens;
    const id = added.find(({ content }) => content === end)?.id ?? -1;
    const start = readStoredTensors(path)['model.embed_tokens.weight']?.start ?? 0;
    const width = 4 * 48;
    writeFileSync(path, Buffer.from(whole).fill(0, start + id * width, start + (id + 1) * width));
    const frozen = ['lora.modules_to_save=null'];
    try {
      const [plan] = await plans(...frozen);
      const said = advice(plan).find(({ code }) => code === 'A021');
      expect(said?.data).toEqual({ tokens: [{ id, token: end, rows: 64 }] });
      expect(await codes()).not.toContain('A021');
      expect(await codes(...frozen, `lora.trainable_token_indices=[${id}]`)).not.toContain('A021');
    } finally {
      writeFileSync(path, whole);
    }
    expect(await codes(...frozen)).not.toContain('A021');
  });

  it('sees batches, packing, padding, dropout and what is held out', async () => {
    const found = await codes('training.packing=true', 'lora.lora_dropout=0.1', 'dataset.validation=null');
    expect(found).toEqual(expect.arrayContaining(['A012', 'A015', 'A017']));
    expect(await codes('training.gradient_accumulation_steps=9')).toContain('A008');
  });

  it('sees rows that max_length cuts', async () => {
    const [whole] = await plans();
    const limit = (whole?.dataset.lengths.p50 ?? 0) - 1;
    const [plan] = await plans(`training.max_length=${limit}`);
    const cut = advice(plan).find(({ code }) => code === 'A011');
    expect(plan?.dataset.truncated_rows).toBeGreaterThan(0);
    expect(cut?.data).toMatchObject({ truncated_rows: plan?.dataset.truncated_rows });
    expect(Number(cut?.data?.uncut_p99)).toBeGreaterThan(limit);
  });

  it('sees prompts on both sides of the split, until near-duplicates are kept together', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => ({
      messages: [
        {
          role: 'user',
          content: `Please sort this long ticket number ${i % 60} into the right queue for our support team.`,
        },
        { role: 'assistant', content: i < 60 ? 'phone' : 'printer' },
      ],
    }));
    await workspace.write('datasets/twice.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(await codes('dataset.train=datasets/twice.jsonl')).toContain('A014');
    const [kept] = await plans('dataset.train=datasets/twice.jsonl', 'dataset.duplicates.near.threshold=0.8');
    expect(kept?.dataset.validation?.rows).toBeGreaterThan(0);
    expect(kept?.dataset.train.rows).toBeGreaterThan(0);
    expect(advice(kept).map(({ code }) => code)).not.toContain('A014');
  });

  it('keeps what the config accepts as a note with the reason, and notes what did not arise', async () => {
    const [plan] = await plans('accept.A004=the baseline of the paper', 'accept.A008=large on purpose');
    expect(advice(plan).find(({ code }) => code === 'A004')).toMatchObject({
      severity: 'note',
      data: { accepted: 'the baseline of the paper' },
    });
    expect(advice(plan).filter(({ code }) => code === 'P040')).toMatchObject([{ data: { code: 'A008' } }]);
  });

  it('does not let accepting change what a run is', async () => {
    const [[plain], [accepted]] = [await plans(), await plans('accept.A004=baseline')];
    expect(accepted?.plan_hash).toBe(plain?.plan_hash);
  });

  it('notes an accepted code once it arises in no run of a sweep', async () => {
    const sweep = 'sweep.parameters={training.gradient_accumulation_steps: [1, 9]}';
    const both = await plans(sweep, 'accept.A008=a sweep of batches', 'accept.A012=none has dropout');
    expect(both).toHaveLength(2);
    const unused = both.map((plan) =>
      advice(plan)
        .filter(({ code }) => code === 'P040')
        .map(({ data }) => data?.code),
    );
    expect(unused).toEqual([['A012'], ['A012']]);
  });

  it('refuses codes that there are not, that cannot be accepted, and empty reasons, each at its place', async () => {
    const text = 'extends: run.yaml\nname: x\naccept:\n';
    await workspace.write('configs/codes.yaml', `${text}  A04: typo\n  D014: why not\n  A004: fine\n`);
    await workspace.write('configs/reason.yaml', `${text}  A004: "  "\n`);
    for (const command of [['plan'], ['config', 'check'], ['train']]) {
      const refused = await workspace.lorch([...command, 'configs/codes.yaml']);
      const said = refused.stdout + refused.stderr;
      expect(refused.exitCode, said).toBe(2);
      expect(said).toMatch(/configs\/codes\.yaml:4:3 error C028/);
      expect(said).toMatch(/configs\/codes\.yaml:5:3 error C029/);
      expect(said).not.toContain(':6:');
    }
    const empty = await workspace.lorch(['plan', 'configs/reason.yaml']);
    expect(empty.stderr).toMatch(/configs\/reason\.yaml:4:9 error C030/);
  });

  it('explains itself', async () => {
    const { stdout } = await workspace.lorch(['explain', 'a004']);
    expect(stdout).toMatch(/A004 attention-only[\s\S]*When: [\s\S]*Source: /);
  });
});
