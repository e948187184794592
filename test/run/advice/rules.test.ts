// Each rule speaks where its page says so, and is silent just beside its threshold.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adviceCodes, adviceRules, adviseOn } from '../../../src/run/advice/index.ts';
import { advicePage } from '../../../src/run/advice/page.ts';
import type { AdviceFacts } from '../../../src/run/advice/rule.ts';

/** An everyday run: LoRA r 16 on all layers of an 8B model, 20,000 rows. */
const sound: AdviceFacts = {
  baseParameters: 8_030_261_248,
  hidden: 4096,
  expertParameters: 0,
  trainable: 41_943_040,
  adapted: ['model.layers.0.self_attn.q_proj', 'model.layers.0.mlp.up_proj'],
  r: 16,
  alpha: 32,
  rslora: false,
  dropout: 0,
  bits: null,
  attention: 'sdpa',
  learningRate: 2e-4,
  optimizer: 'adamw_torch_fused',
  deviceBatch: 4,
  accumulation: 4,
  packing: false,
  steps: { total: 3750, perEpoch: 1250 },
  maxLength: 2048,
  rows: { train: 20_000, validation: 1000 },
  trainedTokens: 4_000_000,
  truncatedRows: 0,
  lostEnds: 0,
  uncutP99: 900,
  validates: true,
  sharedPrompts: 0,
  padding: 0.3,
  unquantized: null,
  untrainedTokens: [],
  tiedHead: false,
  sources: [],
  template: { kind: 'model', sha256: 'usual' },
};
const experts = { expertParameters: 29e9, baseParameters: 30.5e9 };
const gpu = { totalBytes: 20 * 2 ** 30, gpu: 'h100-80gb' };
const fewRows = (train: number) => ({ rows: { train, validation: 100 } });
const gpt2 = (name: string) => `transformer.h.0.${name}`;

const source = {
  setting: 'dataset.train.0',
  path: 'a.jsonl',
  weight: 1,
  rows: 15_000,
  fedTrainedTokens: 500,
  template: 'auto',
  templateSha256: 'usual',
};
const other = { ...source, setting: 'dataset.train.1', path: 'b.jsonl', fedTrainedTokens: 100 };

const cases: [code: string, what: string, speaks: Partial<AdviceFacts>, silent: Partial<AdviceFacts>[]][] = [
  [
    'A001',
    'a rate of full fine-tuning',
    { learningRate: 2e-5 },
    [{ learningRate: 5e-5 }, { learningRate: 2e-5, optimizer: 'lion_8bit' }],
  ],
  [
    'A002',
    'a rate that is too high for 8B',
    { learningRate: 2e-3 },
    [{ learningRate: 1e-3 }, { learningRate: 5e-3, hidden: 64 }, { learningRate: 0.1, optimizer: 'sgd' }],
  ],
  [
    'A003',
    'the default rate on a 4-bit 65B',
    { bits: 4, baseParameters: 65e9 },
    [
      { bits: 4, baseParameters: 13e9 },
      { bits: 4, baseParameters: 65e9, learningRate: 1e-4 },
      { bits: null, baseParameters: 65e9 },
      { bits: 4, baseParameters: null },
    ],
  ],
  [
    'A004',
    'attention alone',
    { adapted: ['model.layers.0.self_attn.q_proj', 'model.layers.0.self_attn.v_proj'] },
    [{ adapted: null }, { adapted: [] }, { adapted: [gpt2('attn.c_attn'), gpt2('mlp.c_fc')] }],
  ],
  ['A004', 'the attention of GPT-2', { adapted: [gpt2('attn.c_attn')] }, []],
  [
    'A004',
    'the attention of GPT-NeoX and Falcon',
    {
      adapted: [
        'gpt_neox.layers.0.attention.query_key_value',
        'transformer.h.0.self_attention.query_key_value',
      ],
    },
    [{ adapted: ['gpt_neox.layers.0.mlp.dense_h_to_4h'] }],
  ],
  ['A005', 'a scale of 8', { alpha: 128 }, [{ alpha: 64 }]],
  [
    'A005',
    'a scale of an eighth',
    { r: 64, alpha: 8 },
    [
      { r: 64, alpha: 16 },
      { r: 64, alpha: 8, rslora: true },
    ],
  ],
  [
    'A006',
    'r 64 whose alpha followed',
    { r: 64, alpha: 128 },
    [
      { r: 64, alpha: 16 },
      { r: 64, alpha: 128, rslora: true },
      { r: 32, alpha: 64 },
    ],
  ],
  [
    'A007',
    'more tokens than room',
    { trainedTokens: 83_886_081 },
    [{ trainedTokens: 83_886_080 }, { trainable: null, trainedTokens: 1e9 }],
  ],
  ['A008', '128 rows a step', { accumulation: 32 }, [{ accumulation: 16 }]],
  ['A009', '99 steps', { steps: { total: 99, perEpoch: 33 } }, [{ steps: { total: 100, perEpoch: 50 } }]],
  [
    'A010',
    'four epochs over few rows',
    { steps: { total: 2500, perEpoch: 625 }, ...fewRows(9999) },
    [
      { steps: { total: 1875, perEpoch: 625 }, ...fewRows(9999) },
      { steps: { total: 5000, perEpoch: 1250 }, ...fewRows(10_000) },
    ],
  ],
  [
    'A011',
    'more than a hundredth of the rows cut',
    { truncatedRows: 211, uncutP99: 3000 },
    [{ truncatedRows: 210 }, { truncatedRows: 5000, maxLength: null }],
  ],
  ['A011', 'one row that lost its end', { truncatedRows: 1, lostEnds: 1 }, []],
  ['A012', 'dropout', { dropout: 0.05 }, []],
  [
    'A013',
    'experts under 4 bit',
    { bits: 4, ...experts },
    [{ bits: null, ...experts }, { bits: 4 }, { bits: 4, expertParameters: null }],
  ],
  ['A014', 'prompts on both sides', { sharedPrompts: 11 }, [{ sharedPrompts: 10 }]],
  [
    'A015',
    'nothing held out',
    { validates: false, rows: { train: 20_000, validation: 0 } },
    // Asked for, and no row was left: P005 says so.
    [{ validates: true, rows: { train: 20_000, validation: 0 } }],
  ],
  ['A016', '99 rows', fewRows(99), [fewRows(100), fewRows(49)]],
  [
    'A017',
    'packed batches without flash attention',
    { packing: true, padding: null },
    [
      { packing: true, padding: null, deviceBatch: 1 },
      { packing: true, padding: null, attention: 'flash_attention_2' },
    ],
  ],
  ['A018', 'more padding than text', { padding: 0.51 }, [{ padding: 0.5 }, { padding: null }]],
  [
    'A019',
    'QLoRA where LoRA fits',
    { bits: 4, unquantized: { verdict: 'fits', ...gpu } },
    [
      { bits: 4, unquantized: { verdict: 'tight', ...gpu } },
      { bits: 4, unquantized: null },
    ],
  ],
  ['A020', '49 rows', fewRows(49), [fewRows(50)]],
  [
    'A021',
    'a control token without an embedding',
    { untrainedTokens: [{ id: 128_009, token: '<|eot_id|>', rows: 7 }] },
    [{ untrainedTokens: [] }, { untrainedTokens: null }],
  ],
  [
    'A010',
    'a small source that its weight repeats',
    { sources: [{ ...source, weight: 2, rows: 9999 }] },
    [
      { sources: [{ ...source, weight: 2, rows: 10_000 }] },
      { sources: [{ ...source, weight: 0.5, rows: 99 }] },
      { sources: [{ ...source, weight: 3, rows: 99 }], steps: { total: 1250, perEpoch: 1250 } },
    ],
  ],
  [
    'A022',
    'a source that leaves the others a tenth',
    { sources: [{ ...source, fedTrainedTokens: 900 }, other] },
    [
      { sources: [{ ...source, fedTrainedTokens: 899 }, other] },
      { sources: [{ ...source, fedTrainedTokens: 9000 }] },
    ],
  ],
  [
    'A023',
    'rows in a template that is not saved',
    { sources: [source, { ...other, template: 'alpaca', templateSha256: 'another' }] },
    [
      { sources: [source, { ...other, template: 'model' }] },
      { sources: [source, { ...other, templateSha256: 'another', rows: 0 }] },
    ],
  ],
];

describe('advice', () => {
  it('has nothing to say of an everyday run', () => {
    expect(adviseOn(sound)).toEqual([]);
  });

  for (const [code, what, speaks, silent] of cases)
    it(`${code} speaks of ${what}, and not beside it`, () => {
      const codes = (facts: Partial<AdviceFacts>) =>
        adviseOn({ ...sound, ...facts }).map((each) => each.code);
      expect(codes(speaks)).toContain(code);
      for (const facts of silent) expect(codes(facts), JSON.stringify(facts)).not.toContain(code);
    });

  it('has a case for every rule', () => {
    expect([...new Set(cases.map(([code]) => code))].sort()).toEqual(adviceRules.map(({ code }) => code));
  });

  it('never stops a run, and always says what to do', () => {
    for (const [, , speaks] of cases)
      for (const { severity, message, hint } of adviseOn({ ...sound, ...speaks })) {
        expect(['note', 'warning']).toContain(severity);
        expect(message).not.toMatch(/NaN|undefined|null/);
        expect(hint).toBeTruthy();
      }
  });

  it('names the rank that would have room', () => {
    const [advice] = adviseOn({ ...sound, trainedTokens: 4 * 41_943_040 });
    expect(advice).toMatchObject({ code: 'A007', data: { r_needed: 32 } });
  });

  it('names the max_length that keeps nearly all rows', () => {
    const [cut] = adviseOn({ ...sound, truncatedRows: 500, lostEnds: 400, uncutP99: 2900 });
    expect(cut?.hint).toContain('training.max_length: 2900');
    // Nearly all fit as it is: a longer one would not help.
    const [stray] = adviseOn({ ...sound, truncatedRows: 3, lostEnds: 3 });
    expect(stray?.hint).not.toContain('max_length');
  });

  it('suggests the recipe for the size of the base', () => {
    const hint = (baseParameters: number) =>
      adviseOn({ ...sound, baseParameters, learningRate: 1e-5 })[0]?.hint;
    expect([hint(8e9), hint(70e9)]).toEqual([
      'training.learning_rate: 2.0e-4',
      'training.learning_rate: 1.0e-4',
    ]);
  });
});

describe('the pages of advice', () => {
  it('give reason, threshold and source for every code', () => {
    for (const { code, prose } of adviceCodes) {
      expect(prose, code).toMatch(/\n\nWhen: .+\n\nSource: .+/);
      expect(prose, code).toContain(`accept: { ${code}:`);
    }
  });

  it('docs/advice.md is current (npm run generate)', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/advice.md'), 'utf8');
    expect(page).toBe(advicePage());
  });

  it('A020 contains the whole decision table', () => {
    const page = adviceCodes.find(({ code }) => code === 'A020')?.prose ?? '';
    for (const way of ['prompting', 'retrieval', 'LoRA', 'QLoRA', 'full fine-tuning', 'preference tuning'])
      expect(page).toContain(`| ${way} |`);
  });
});
