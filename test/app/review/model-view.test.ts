// What a reviewer is shown of a row is what training would see: through the model's own tokenizer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReviewRow } from '../../../src/app/review/fetch-rows.ts';
import { type ModelRequest, viewAsModel } from '../../../src/app/review/model-view.ts';
import { rowPolicy } from '../../../src/app/tokens/row-policy.ts';
import { alpaca } from '../../../src/dataset/formats/alpaca.ts';
import { findPython } from '../../../src/python/find-python.ts';
import { runTrainer } from '../../../src/python/run-trainer.ts';
import type { Truncate } from '../../../src/run/plan.ts';

const python = process.env.LORCH_PYTHON;
if (!python) process.stderr.write('skipped: what the model sees needs LORCH_PYTHON\n');

const row = (fingerprint: string, answer: string, train?: false): ReviewRow => ({
  fingerprint,
  place: { row: 0, file: 'a.jsonl', line: 1, column: 1 },
  example: {
    messages: [
      { role: 'user', content: 'Wie geht’s? 你好' },
      { role: 'assistant', content: answer, ...(train === false && { train }) },
    ],
    meta: {},
  },
  text: '{}',
  findings: [],
});

describe.skipIf(!python)('what the model sees', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lorch-view-'));
  const env = { PATH: process.env.PATH, HOME: dir, OMP_NUM_THREADS: '1', HF_HUB_OFFLINE: '1' };
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  beforeAll(async () => {
    await runTrainer(await findPython({ env, explicit: python ?? '' }), 'tiny', {
      out: join(dir, 'tiny'),
      vocab_size: 384,
      hidden_size: 48,
      layers: 1,
      seed: 1,
      chat_template: true,
    });
  });
  const request = (maxLength: number | null, truncate?: Truncate): ModelRequest => ({
    model: 'tiny',
    revision: null,
    trustRemoteCode: false,
    baseDir: dir,
    policy: rowPolicy({ format: 'chatml', template: { kind: 'auto', source: null }, truncate }),
    maxLength,
    cacheDir: join(dir, 'cache'),
    env,
    python: () => findPython({ env, explicit: python ?? '' }),
  });

  it('is the rendered row, trained where the answer is, cut where max_length says, with what the tokenisation noticed', async () => {
    const rows = [
      row('a', 'Gut, danke. 很好 🙂'),
      row('b', 'never trained', false),
      row('c', 'x '.repeat(200)),
    ];
    const whole = (await viewAsModel(request(null), rows)).get('a');
    expect(whole?.runs.map(({ text }) => text).join('')).toContain('user\nWie geht’s? 你好<|im_end|>');
    const trained = whole?.runs.filter((run) => run.trained).map(({ text }) => text);
    expect(trained).toEqual(['Gut, danke. 很好 🙂<|im_end|>']);
    const cut = await viewAsModel(request(60), rows);
    expect(cut.get('b')).toMatchObject({ tokens: 0, runs: [], findings: [{ code: 'T009' }] });
    const long = cut.get('c');
    expect([long?.keptTokens, (long?.tokens ?? 0) > 60]).toEqual([60, true]);
    expect(long?.runs.map(({ kept }) => kept)).toEqual([true, true, false, false]);
    const left = (await viewAsModel(request(60, 'left'), rows)).get('c');
    expect([left?.keptTokens, left?.trainedTokens]).toEqual([60, 59]);
    expect(left?.runs.map(({ kept }) => kept)).toEqual([false, false, true, true]);
    expect((await viewAsModel(request(60, 'drop'), rows)).get('c')?.keptTokens).toBe(0);
  });

  it('has an alpaca row’s input under its own heading, where the template is alpaca', async () => {
    const text = '{"instruction":"Translate.","input":"house","output":"Haus"}';
    const example = alpaca.parse(JSON.parse(text), () => undefined) as ReviewRow['example'];
    const policy = rowPolicy({ format: 'alpaca', template: { kind: 'alpaca', source: null } });
    const asked = { ...request(null), policy };
    const view = (await viewAsModel(asked, [{ ...row('a', ''), example, text }])).get('a');
    expect(view?.runs.map((run) => run.text).join('')).toContain(
      '### Instruction:\nTranslate.\n\n### Input:\nhouse\n\n### Response:\nHaus',
    );
  });
});
