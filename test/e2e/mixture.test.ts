// Three sources of three formats with weights 2, 1 and 0.5: plan, ledger and what the trainer feeds say the same.
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../src/dataset/ledger.ts';
import type { Plan, PlannedSource } from '../../src/run/plan.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

interface FedEvent {
  type: string;
  step: number;
  tokens: number;
  trained_tokens: number;
  train: { rows: number; tokens: number; trained_tokens: number; sources: ({ setting: string } & Fed)[] };
}
type Fed = PlannedSource['fed'];

const numbers = Array.from({ length: 40 }, (_, i) => i);
const config = `
extends: run.yaml
name: mixture
dataset:
  train:
    - { path: datasets/tickets.jsonl, weight: 2 }
    - { path: datasets/sums.csv, format: { prompt: task, answer: result } }
    - { path: 'datasets/talk-*.jsonl', weight: 0.5, template: chatml }
`;

describe.skipIf(!python)('a mixture of sources', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace();
    const sums = numbers.map((i) => `"What is ${i} and ${i}?","It is ${2 * i}."`).join('\n');
    await workspace.write('datasets/sums.csv', `task,result\n${sums}\n`);
    for (const part of ['a', 'b']) {
      const talks = numbers.map((i) => ({
        conversations: [
          { from: 'human', value: `Hello ${part}${i}` },
          { from: 'gpt', value: `Good day, guest ${part}${i}.` },
        ],
      }));
      await workspace.write(
        `datasets/talk-${part}.jsonl`,
        talks.map((row) => `${JSON.stringify(row)}\n`).join(''),
      );
    }
    await workspace.write('configs/mixture.yaml', config);
  });
  afterAll(() => workspace.remove());

  const plan = async (...args: string[]): Promise<Plan> => {
    const result = await workspace.lorch(['plan', 'configs/mixture.yaml', '--json', ...args]);
    expect(result.exitCode, result.stderr).toBe(0);
    return result.json() as unknown as Plan;
  };
  const ledgerOf = (id: string): (LedgerEntry & { source: string })[] =>
    gunzipSync(readFileSync(join(workspace.root, 'runs', id, 'ledger.jsonl.gz')))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LedgerEntry & { source: string });
  const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

  it('is planned by source, and the sums are those of the whole', async () => {
    const { dataset, findings, forecast } = await plan();
    const sources = dataset.sources ?? [];
    expect(
      sources.map(({ setting, format, template, weight, files }) => [
        setting,
        format,
        template,
        weight,
        files,
      ]),
    ).toEqual([
      ['dataset.train.0', 'chatml', 'auto', 2, ['datasets/tickets.jsonl']],
      ['dataset.train.1', 'custom', 'auto', 1, ['datasets/sums.csv']],
      ['dataset.train.2', 'sharegpt', 'chatml', 0.5, ['datasets/talk-a.jsonl', 'datasets/talk-b.jsonl']],
    ]);
    for (const { rows_in, train, validation, dropped } of sources)
      expect(train + validation + sum(Object.values(dropped))).toBe(rows_in);
    const [tickets, sums, talk] = sources as [PlannedSource, PlannedSource, PlannedSource];
    expect([tickets.fed.rows, sums.fed.rows, talk.fed.rows]).toEqual([
      2 * tickets.train,
      sums.train,
      talk.train,
    ]);
    expect(talk.dropped.D208).toBe(talk.rows_in - talk.validation - talk.train);
    expect(Math.abs(talk.train / (talk.rows_in - talk.validation) - 0.5)).toBeLessThan(0.2);
    for (const key of ['rows', 'tokens', 'trained_tokens'] as const)
      expect(sum(sources.map(({ fed }) => fed[key]))).toBe(dataset.train[key]);
    expect(dataset.train.distinct_rows).toBe(sum(sources.map(({ train }) => train)));
    expect(dataset.validation?.rows).toBe(sum(sources.map(({ validation }) => validation)));
    expect(dataset.rows_in).toBe(66 + 40 + 80);
    expect(sum(dataset.length_histogram?.map(({ rows }) => rows) ?? [])).toBe(
      dataset.train.rows + (dataset.validation?.rows ?? 0),
    );
    expect(forecast.steps.per_epoch).toBe(Math.ceil(dataset.train.rows / 8));
    expect(dataset.templates?.chatml?.kind).toBe('chatml');
    expect(findings.filter(({ code }) => code === 'A023')).toHaveLength(1);
  });

  it('feeds what it planned, row by row of the ledger', async () => {
    const trained = await workspace.lorch(['train', 'configs/mixture.yaml', '--unreviewed', 'a test']);
    expect(trained.exitCode, trained.stderr).toBe(0);
    const id = trained.stdout.trim();
    const dir = join(workspace.root, 'runs', id);
    const { dataset } = JSON.parse(readFileSync(join(dir, 'plan.json'), 'utf8')) as Plan;
    const events = readFileSync(join(dir, 'attempt-1/events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FedEvent);
    const data = events.find(({ type }) => type === 'data');
    const planned = (dataset.sources ?? []).map(({ setting, fed }) => ({ setting, ...fed }));
    expect(data?.train.sources).toEqual(planned);
    const entries = ledgerOf(id);
    expect(entries).toHaveLength(dataset.rows_in);
    for (const { setting, train, validation, dropped, fed } of dataset.sources ?? []) {
      const mine = entries.filter(({ source }) => source === setting);
      const times = mine.flatMap((entry) => (entry.fate === 'train' ? [entry.times ?? 1] : []));
      expect([times.length, sum(times)]).toEqual([train, fed.rows]);
      expect(mine.filter(({ fate }) => fate === 'validation')).toHaveLength(validation);
      expect(mine.filter(({ fate }) => fate === 'dropped')).toHaveLength(sum(Object.values(dropped)));
      expect(mine.filter(({ fate, times: repeated }) => fate !== 'train' && repeated !== undefined)).toEqual(
        [],
      );
    }
    // Two epochs: the totals are twice those of the plan, tokens and all.
    const last = events.findLast(({ type }) => type === 'step');
    expect([last?.tokens, last?.trained_tokens]).toEqual([
      2 * dataset.train.tokens,
      2 * dataset.train.trained_tokens,
    ]);
    const shown = (await workspace.lorch(['show', id, '--json'])).json();
    expect((shown.findings as { code: string }[]).filter(({ code }) => code.startsWith('R1'))).toEqual([]);
    expect(readFileSync(join(dir, 'report.md'), 'utf8')).toContain(
      '| datasets/sums.csv | custom | auto | 1 | 40 |',
    );
    const ownTemplate = readFileSync(join(workspace.root, 'models/tiny/chat_template.jinja'), 'utf8');
    expect(readFileSync(join(dir, 'adapter/chat_template.jinja'), 'utf8').trim()).toBe(ownTemplate.trim());
  });

  it('moves no row to another side or half when a weight changes, and shows the mixture in a comparison', async () => {
    const trained = await workspace.lorch([
      'train',
      'configs/mixture.yaml',
      '--unreviewed',
      'a test',
      '--set',
      'name=heavier',
      '--set',
      'dataset.train.0.weight=1',
      '--set',
      'dataset.train.2.weight=0.75',
      '--set',
      'training.num_train_epochs=1',
    ]); // prettier-ignore
    expect(trained.exitCode, trained.stderr).toBe(0);
    const runs = (await workspace.lorch(['runs', '--json'])).json().runs as { id: string; name: string }[];
    const [before, after] = ['mixture', 'heavier'].map((name) =>
      ledgerOf(runs.find((run) => run.name === name)?.id ?? ''),
    );
    expect(after?.map(({ row, fingerprint }) => [row, fingerprint])).toEqual(
      before?.map(({ row, fingerprint }) => [row, fingerprint]),
    );
    for (const [i, { fate, source }] of (before ?? []).entries()) {
      if (fate === 'validation' || (fate === 'train' && source !== 'dataset.train.0'))
        expect(after?.[i]?.fate).toBe(fate);
      if (source === 'dataset.train.0') expect(after?.[i]?.times).toBeUndefined();
    }
    const compared = (await workspace.lorch(['compare', 'mixture', 'heavier', '--json'])).json();
    const paths = (compared.config as { path: string; values: unknown[] }[]).map(({ path, values }) => [
      path,
      ...values,
    ]);
    expect(paths).toContainEqual(['dataset.weights.datasets/talk-*.jsonl', 0.5, 0.75]);
    expect(paths.find(([path]) => path === 'dataset.weights.datasets/tickets.jsonl')?.[1]).toBe(2);
    expect(compared.validation_comparable).toBe(true);
    const { fed_rows, train_rows } = compared.dataset as { fed_rows: number[]; train_rows: number[] };
    expect(fed_rows[0]).toBeGreaterThan(train_rows[0] ?? 0);
    expect(fed_rows[1]).toBe(train_rows[1]);
  });

  it('sweeps over weights', async () => {
    await workspace.write(
      'configs/weights.yaml',
      'extends: mixture.yaml\nname: weights\nsweep:\n  method: grid\n  parameters:\n    dataset.train.0.weight: [1, 3]\n',
    );
    const result = await workspace.lorch(['plan', 'configs/weights.yaml', '--json']);
    expect(result.exitCode, result.stderr).toBe(0);
    const plans = (result.json() as unknown as { plans: Plan[] }).plans;
    const tickets = plans.map(({ dataset }) => dataset.sources?.[0]);
    expect(tickets.map((source) => [source?.weight, source?.fed.rows])).toEqual([
      [1, tickets[0]?.train],
      [3, 3 * (tickets[0]?.train ?? 0)],
    ]);
    expect(new Set(plans.map(({ dataset }) => dataset.fingerprint)).size).toBe(1);
    expect(new Set(plans.map(({ plan_hash }) => plan_hash)).size).toBe(2);
  });

  it('asks for a review of every row, drawn or not, and takes the same one for every weight', async () => {
    const gate = async (...args: string[]) => (await plan(...args)).review;
    const asked = await gate();
    expect([asked.state, asked.gate?.next]).toEqual([
      'missing',
      expect.stringContaining('--config configs/mixture.yaml'),
    ]);
    for (const file of ['tickets.jsonl', 'sums.csv', 'talk-a.jsonl', 'talk-b.jsonl']) {
      // Read through the config: what the columns of the CSV mean stands there alone.
      const review = (...args: string[]) =>
        workspace.lorch(['data', 'review', `datasets/${file}`, '--config', 'configs/mixture.yaml', ...args]);
      const exported = await review('--rows', '80', '--export', `${file}.sheet.csv`);
      expect(exported.exitCode, exported.stderr).toBe(0);
      const sheet = readFileSync(join(workspace.root, `${file}.sheet.csv`), 'utf8');
      await workspace.write(`${file}.filled.csv`, sheet.replaceAll(/,,,,\r\n/g, ',accept,,,\r\n'));
      const imported = await review('--import', `${file}.filled.csv`, '--reviewer', 'bea');
      expect(imported.exitCode, imported.stderr).toBe(0);
    }
    expect(await gate()).toMatchObject({
      state: 'passed',
      gate: { uncovered_rows: 0, rows_read: 64 + 40 + 80 },
    });
    expect(await gate('--set', 'dataset.train.2.weight=3')).toMatchObject({ state: 'passed' });
  });

  it('names the source where a weight feeds nothing, files are shared, or a mapping does not fit', async () => {
    const refused = async (...sets: string[]) => {
      const result = await workspace.lorch([
        'plan',
        'configs/mixture.yaml',
        ...sets.flatMap((set) => ['--set', set]),
      ]);
      expect([1, 2]).toContain(result.exitCode);
      return result.stderr;
    };
    expect(await refused('dataset.train.2.weight=1e-9')).toMatch(/P011.*datasets\/talk-\*\.jsonl/);
    expect(await refused('dataset.train.0.path=datasets/talk-a.jsonl')).toMatch(
      /D209.*dataset\.train\.0 and dataset\.train\.2 both name datasets\/talk-a\.jsonl/,
    );
    const unfit = await refused('dataset.train.1.format.prompt=question');
    expect(unfit).toContain('datasets/sums.csv');
    expect(unfit).toContain('in this config: dataset.train.1.format');
    expect(await refused('dataset.train.1.template=gone.jinja')).toMatch(
      /P009[\s\S]*dataset\.train\.1\.template/,
    );
  });

  it('runs as the sample config says', async () => {
    const root = resolve(import.meta.dirname, '../..');
    cpSync(join(root, 'datasets'), join(workspace.root, 'datasets'), { recursive: true });
    for (const name of readdirSync(join(root, 'configs')).filter((each) => /mixture|base/.test(each)))
      cpSync(join(root, 'configs', name), join(workspace.root, 'samples', name));
    const trained = await workspace.lorch([
      'train',
      'samples/mixture.yaml',
      '--unreviewed',
      'a sample',
      '--set',
      'training.num_train_epochs=1',
    ]);
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect(existsSync(join(workspace.root, 'runs', trained.stdout.trim(), 'adapter'))).toBe(true);
  });
});
