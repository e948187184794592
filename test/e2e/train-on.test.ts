// What is trained, cut, dropped and split: from the config through plan, ledger and trainer.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/dataset/ledger.ts';
import type { Plan } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

const turn = (role: string, content: string, more = {}) => ({ role, content, ...more });
const good = (n: number) => ({
  messages: [turn('user', `Ticket ${n}: my router is late.`), turn('assistant', `queue: router ${n}`)],
});
// Each row meets one refusal of the tokenisation; no check of the dataset finds fault with any of them.
const template = `{% for m in messages %}{% if 'stop here' in m.content %}{{ raise_exception('no such row') }}{% endif %}<|im_start|>{{ m.role }}
{% if 'shout' in m.content and m.role == 'assistant' %}{{ m.content | upper }}{% else %}{{ m.content }}{% endif %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`;
const faulty: Record<string, unknown> = {
  T005: { messages: [turn('user', 'Please stop here now.'), turn('assistant', 'queue: printer')] },
  T007: { messages: [turn('user', 'My phone is late.'), turn('assistant', 'please shout at the printer')] },
  T008: { messages: [turn('user', 'My router is late. '.repeat(40)), turn('assistant', 'queue: laptop')] },
  T009: {
    messages: [
      turn('user', 'My laptop is broken.'),
      turn('assistant', 'queue: laptop'),
      turn('user', 'And my phone?'),
      turn('assistant', 'queue: phone', { train: false }),
    ],
  },
};
const rows = [...Array.from({ length: 6 }, (_, i) => good(i)), ...Object.values(faulty)];
const lines = (all: unknown[]): string => all.map((row) => `${JSON.stringify(row)}\n`).join('');

const base = (dataset: string, training = 'max_length: 96') => `
name: rows
base_model: models/tiny
dataset: { ${dataset} }
model: { dtype: float32 }
lora: { r: 4, lora_alpha: 8, target_modules: [q_proj, v_proj] }
training: { ${training}, max_steps: 2, per_device_train_batch_size: 2, gradient_accumulation_steps: 1, eval_strategy: 'no', save_strategy: 'no' }
resources: { gpus: 0 }
`;

describe.skipIf(!python)('rows of a run', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
    await workspace.write('datasets/rows.jsonl', lines(rows));
    await workspace.write('datasets/good.jsonl', lines(rows.slice(0, 6)));
    await workspace.write('t.jinja', template);
    await workspace.write(
      'datasets/book.txt',
      `${'The router is late. My printer is broken. '.repeat(30)}\n`,
    );
  });
  afterAll(() => workspace.remove());

  const plan = async (config: string, ...set: string[]) => {
    await workspace.write('configs/rows.yaml', config);
    return workspace.lorch([
      'plan',
      'configs/rows.yaml',
      '--json',
      ...set.flatMap((each) => ['--set', each]),
    ]);
  };
  const planned = async (config: string, ...set: string[]): Promise<Plan> => {
    const result = await plan(config, ...set);
    expect(result.exitCode, result.stderr).toBe(0);
    return result.json() as unknown as Plan;
  };
  const odd = base('train: datasets/rows.jsonl, template: t.jinja, train_on: last');

  it('that cannot be trained on are dropped by code, and the plan continues', async () => {
    const { dataset, findings } = await planned(odd, 'dataset.on_error=drop');
    expect(dataset.dropped).toEqual(Object.fromEntries(Object.keys(faulty).map((code) => [code, 1])));
    expect([dataset.rows_in, dataset.train.rows]).toEqual([10, 6]);
    for (const [i, code] of Object.keys(faulty).entries()) {
      const found = findings.find((finding) => finding.code === code);
      expect([code, found?.severity, found?.at?.line]).toEqual([code, 'warning', 7 + i]);
      const explained = (await workspace.lorch(['explain', code])).stdout;
      expect(explained).toContain('`dataset.on_error: refuse` such a row refuses the plan');
      expect(explained).toContain('with `drop` it is dropped with this code');
    }
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('refuse the plan unless the config drops them, each with its place and a hint', async () => {
    const result = await plan(odd);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain('P002');
    expect(result.stderr).toContain('4 rows cannot be trained on');
    expect(result.stderr).toContain('dataset.on_error: drop');
    for (const [i, code] of Object.keys(faulty).entries())
      expect(result.stderr).toMatch(new RegExp(`rows\\.jsonl:${7 + i}:?\\d*.* ${code}`));
  });

  it('that are too long follow dataset.truncate', async () => {
    const long = {
      messages: [
        turn('system', 'Be brief.'),
        turn('user', 'late '.repeat(80)),
        turn('assistant', 'queue: x'),
      ],
    };
    await workspace.write('datasets/long.jsonl', lines([...rows.slice(0, 6), long]));
    const config = base('train: datasets/long.jsonl');
    const refused = await plan(config, 'dataset.truncate=refuse', 'dataset.on_error=drop');
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/long\.jsonl:7:?\d* .*T030/),
    ]);
    expect(refused.stderr).toContain('dataset.truncate: drop');
    const dropped = await planned(config, 'dataset.truncate=drop');
    expect(dropped.dataset.dropped).toEqual({ T030: 1 });
    expect(dropped.findings.find(({ code }) => code === 'T030')?.severity).toBe('warning');
    const left = await planned(config, 'dataset.truncate=left');
    expect([left.dataset.dropped, left.dataset.truncated_rows, left.dataset.lengths.max]).toEqual([
      {},
      1,
      96,
    ]);
    expect(left.findings.map(({ code }) => code)).toEqual(expect.arrayContaining(['T010', 'T031']));
    expect([left.dataset.truncate, dropped.plan_hash === left.plan_hash]).toEqual(['left', false]);
    const right = await planned(config, 'dataset.on_error=drop');
    expect(right.dataset.dropped).toEqual({ T008: 1 });
  });

  it('train the tokens that dataset.train_on chooses, under a key of their own', async () => {
    const config = base('train: datasets/good.jsonl');
    const plans = { answers: await planned(config), all: await planned(config, 'dataset.train_on=all') };
    const { answers, all } = plans;
    expect(all.dataset.train.trained_tokens).toBe(all.dataset.train.tokens);
    expect(answers.dataset.train.trained_tokens).toBeLessThan(answers.dataset.train.tokens / 2);
    expect(answers.dataset.prepared_key).not.toBe(all.dataset.prepared_key);
    expect([answers.dataset.train_on, all.dataset.train_on]).toEqual(['answers', 'all']);
    const screen = await workspace.lorch(['plan', 'configs/rows.yaml', '--set', 'dataset.train_on=all']);
    expect(screen.stdout).toContain('train on all');
  });

  it('of plain text train whole, in sequences that stand in ledger, plan and trainer as one row', async () => {
    await workspace.write(
      'configs/text.yaml',
      base('train: datasets/book.txt, format: text', 'max_length: 32, packing: false'),
    );
    const trained = await workspace.lorch(['train', 'configs/text.yaml', '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const id = trained.stdout.trim();
    const shown = (await workspace.lorch(['show', id, '--json'])).json();
    const { dataset, forecast } = shown.plan as Plan;
    const { train } = dataset;
    expect([dataset.format, dataset.template.kind, dataset.rows_in, train.rows]).toEqual([
      'text',
      'none',
      1,
      1,
    ]);
    expect(train.sequences).toBe(Math.ceil(train.tokens / 32));
    expect(train.sequences).toBeGreaterThan(5);
    expect(train.trained_tokens).toBe(train.tokens);
    expect(forecast.steps.per_epoch).toBe(Math.ceil((train.sequences ?? 0) / 2));
    const counted = (shown.forecasts as { what: string; forecast: number; actual: number }[]).filter(
      ({ what }) => ['train rows', 'tokens', 'trained tokens'].includes(what),
    );
    expect(counted.map(({ forecast: planned, actual }) => actual === planned)).toEqual([true, true, true]);
    const ledger = gunzipSync(readFileSync(join(workspace.root, 'runs', id, 'ledger.jsonl.gz'))).toString();
    expect(
      ledger
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as LedgerEntry).fate),
    ).toEqual(['train']);
    const tried = await workspace.lorch([
      'try',
      id,
      '--prompt',
      'The router',
      '--max-new-tokens',
      '4',
      '--json',
    ]);
    expect(tried.exitCode, tried.stderr).toBe(0);
    const refused = await workspace.lorch(['try', id, '--prompt', 'x', '--system', 'y']);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('U123')]);
  });

  it('are counted as a run has them by data stats and data check', async () => {
    const args = [
      'datasets/book.txt',
      '--format',
      'text',
      '--tokenizer',
      'models/tiny',
      '--max-length',
      '32',
    ];
    const stats = (await workspace.lorch(['data', 'stats', ...args, '--json'])).json();
    const details = stats.token_details as { rows: number; sequences: number; truncate: string };
    expect([stats.tokens === stats.trained_tokens, details.rows, details.truncate]).toEqual([
      true,
      1,
      'split',
    ]);
    expect(details.sequences).toBeGreaterThan(5);
    expect((await workspace.lorch(['data', 'stats', ...args])).stdout).toContain('1 text split into');
    const check = [
      'data',
      'check',
      'datasets/long.jsonl',
      '--tokenizer',
      'models/tiny',
      '--max-length',
      '96',
    ];
    const left = (await workspace.lorch([...check, '--truncate', 'left', '--json'])).json();
    const codes = (left.findings as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['T010', 'T031']));
    const dropped = await workspace.lorch([...check, '--truncate', 'drop', '--json']);
    expect([dropped.exitCode, (dropped.json().ledger as { dropped: unknown }).dropped]).toEqual([
      0,
      { T030: 1 },
    ]);
    const usage = await workspace.lorch(['data', 'stats', 'datasets/good.jsonl', '--train-on', 'all']);
    expect([usage.exitCode, usage.stderr]).toEqual([2, expect.stringContaining('add --tokenizer')]);
  });
});
