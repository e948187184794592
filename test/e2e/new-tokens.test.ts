// New tokens from the config to a merged model, through the real commands.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

interface Tokenizer {
  added_tokens: { id: number; content: string; special: boolean }[];
}

describe.skipIf(!python)('new tokens', () => {
  let workspace: TestWorkspace;
  const config = [
    'configs/run.yaml',
    '--set',
    'lora.modules_to_save=null',
    '--set',
    'training.num_train_epochs=1',
  ];
  const tokens = [
    '--set',
    'tokenizer.add_tokens=["queue:", "priority:"]',
    '--set',
    'tokenizer.pad_to_multiple_of=64',
  ];
  beforeAll(async () => {
    workspace = await makeWorkspace();
  });
  afterAll(() => workspace.remove());

  it('are planned, trained, tried and merged', async () => {
    const planned = await workspace.lorch(['plan', ...config, ...tokens, '--json']);
    expect(planned.exitCode, planned.stderr).toBe(0);
    const plan = planned.json() as unknown as Plan;
    const before = plan.tokenizer?.embedding?.before ?? 0;
    const ids = plan.tokenizer?.added.map(({ id }) => id) ?? [];
    const after = Math.ceil((before + 2) / 64) * 64;
    expect(plan.tokenizer?.embedding).toEqual({ before, after });
    expect(ids).toEqual([before, before + 1]);
    expect(plan.tokenizer?.added.map(({ rows }) => rows)).toEqual([64, 64]);
    const rows = { 'model.embed_tokens': ids, lm_head: ids };
    expect(plan.lora.trainable_token_indices).toEqual(rows);
    expect(plan.findings.filter(({ code }) => /^[RT]0/.test(code))).toEqual([]);
    const plain = (await workspace.lorch(['plan', ...config, '--json'])).json() as unknown as Plan;
    expect(plain.plan_hash).not.toBe(plan.plan_hash);
    expect(plain.dataset.prepared_key).not.toBe(plan.dataset.prepared_key);
    expect((await workspace.lorch(['plan', ...config, ...tokens])).stdout).toContain(
      `+2 tokens (ids ${before}–${before + 1})`,
    );

    const trained = await workspace.lorch(['train', ...config, ...tokens, '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const shown = (await workspace.lorch(['show', '@last', '--json'])).json() as unknown as {
      forecasts: { what: string; forecast: number; actual: number }[];
      findings: { code: string }[];
    };
    expect(shown.findings.filter(({ code }) => code.startsWith('R0'))).toEqual([]);
    const parameters = shown.forecasts.filter(({ what }) => what.endsWith('parameters'));
    expect(parameters.map(({ forecast }) => forecast)).toEqual(parameters.map(({ actual }) => actual));

    const tried = await workspace.lorch(['try', '@last', '--max-new-tokens', '4', '--json']);
    expect(tried.exitCode, tried.stderr).toBe(0);
    const merged = await workspace.lorch(['merge', '@last', '-o', 'merged', '--json']);
    expect(merged.exitCode, merged.stderr).toBe(0);
    expect(merged.json()).toMatchObject({ within_tolerance: true });
    const read = (name: string) => JSON.parse(readFileSync(join(workspace.root, 'merged', name), 'utf8'));
    expect(read('config.json').vocab_size).toBe(after);
    const { added_tokens } = read('tokenizer.json') as Tokenizer;
    expect(added_tokens.filter(({ id }) => ids.includes(id)).map(({ content }) => content)).toEqual([
      'queue:',
      'priority:',
    ]);
  });

  it('that cannot be are refused while planning', async () => {
    const head = await workspace.lorch([
      'plan',
      ...config,
      ...tokens,
      '--set',
      'lora.target_modules=".*(q_proj|lm_head)"',
    ]);
    expect(head.exitCode).toBe(2);
    expect(head.stderr).toMatch(/M0(05|21)/);
    const known = await workspace.lorch([
      'plan',
      ...config,
      '--set',
      'tokenizer.add_tokens=["<|im_end|>"]',
      '--json',
    ]);
    const { findings, tokenizer } = known.json() as unknown as Plan;
    expect(findings.map(({ code }) => code)).toContain('T040');
    expect(tokenizer).toBeUndefined();
  });
});
