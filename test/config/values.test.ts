import { describe, expect, it } from 'vitest';
import { configOf, loadText, minimal } from './load-files.ts';

const cases: [section: string, line: string, place: string, message: RegExp, hint?: string | RegExp][] = [
  ['lora', 'r: "16"', '6:6 C011', /must be a number; this is the text "16"/, 'remove the quotes'],
  ['lora', 'r: 0', '6:6 C012', /of at least 1; this is 0/],
  ['lora', 'r: 3.5', '6:6 C011', /must be a whole number; this is 3.5/],
  ['lora', 'r: 12345678901234567890', '6:6 C012', /`lora.r` must be a/],
  ['lora', 'lora_dropout: 1', '6:17 C012', /must be a number below 1; this is 1/],
  ['lora', 'lora_alpha: -1', '6:15 C012', /above 0/],
  ['lora', 'bias: lora-only', '6:9 C012', /none, all or lora_only/, 'did you mean `lora_only`?'],
  ['lora', 'target_modules: 3', '6:19 C011', /must be text or a list; this is 3/],
  ['lora', 'target_modules: [q_proj, 3]', '6:28 C011', /`lora.target_modules.1` must be text/],
  ['lora', 'modules_to_save: []', '6:20 C012', /must be not empty/],
  ['lora', 'task_type: SEQ_CLS', '6:14 C012', /must be CAUSAL_LM/],
  ['lora', 'init_lora_weights: pisa', '6:22 C012', /gaussian, orthogonal, pissa, olora, eva/],
  ['lora', 'init_lora_weights: lora_ga', '6:22 C016', /not supported/, /full fine-tuning; use pissa or eva/],
  ['lora', 'rank_pattern: { q_proj: 0 }', '6:27 C012', /`lora.rank_pattern.q_proj`/],
  ['training', 'packing: no', '6:12 C011', /true or false/, 'YAML 1.2 reads `no` as text; write `false`'],
  ['training', 'packing: on', '6:12 C011', /true or false/, 'YAML 1.2 reads `on` as text; write `true`'],
  ['training', 'packing: "true"', '6:12 C011', /true or false/, 'remove the quotes'],
  ['training', 'learning_rate: fast', '6:18 C011', /must be a number; this is the text "fast"/],
  ['training', 'learning_rate: 2,0e-4', '6:18 C011', /must be a number/, 'write a decimal point'],
  ['training', 'learning_rate: 0', '6:18 C012', /above 0/],
  ['training', 'learning_rate: .inf', '6:18 C011', /must be a number/],
  [
    'training',
    'max_length: null',
    '6:15 C012',
    /default of 2048/,
    'write `none` for no limit, or leave the key out',
  ],
  ['training', 'save_total_limit: null', '6:21 C012', /default of 2/],
  ['training', 'save_steps: 0', '6:15 C012', /must be a number above 0; this is 0/],
  ['training', 'save_steps: 1.5', '6:15 C012', /whole number of at least 1, or a fraction below 1/],
  ['training', 'optim: adamw_tourch', '6:10 C012', /one of 28 choices/, 'did you mean `adamw_torch`?'],
  ['training', 'optim: lomo', '6:10 C016', /`training.optim: lomo` is not supported/],
  ['training', 'seed: -1', '6:9 C012', /at least 0/],
  ['training', 'report_to: [wandb, wnadb]', '6:22 C012', /training.report_to.1/, 'did you mean `wandb`?'],
  [
    'training',
    'neftune_noise_alpha: None',
    '6:24 C011',
    /must be a number/,
    'YAML writes nothing as `null`, or leaves the key out',
  ],
  ['training', 'packing_strategy: wrapped', '6:21 C012', /bfd or bfd_split/],
  ['training', 'loss_type: chunked_nll', '6:14 C012', /nll or dft/],
  ['model', 'dtype: bf16', '6:10 C012', /bfloat16, float16 or float32/],
  ['model', 'dtype: auto', '6:10 C012', /bfloat16, float16 or float32/],
  ['model', 'dtype: torch.flaot16', '6:10 C012', /bfloat16/, 'did you mean `float16`?'],
  ['resources', 'host: 1', '6:9 C011', /text/],
  ['resources', 'gpus: 2', '6:9 C016', /one GPU/],
];

describe('a method', () => {
  it('is sft unless the config names one', async () => {
    expect((await configOf(minimal)).method).toBe('sft');
    expect((await configOf(`${minimal}method: sft\n`)).method).toBe('sft');
  });

  it('that there is none of is an error that names those there are', async () => {
    const { faults, findings } = await loadText(`${minimal}method: dpo\n`);
    expect(faults).toEqual(['5:9 C012']);
    expect(findings[0]?.message).toMatch(/`method` must be sft; this is the text "dpo"/);
  });
});

describe('a wrong value', () => {
  for (const [section, line, place, message, hint] of cases)
    it(`${section}: ${line}`, async () => {
      const { findings, faults } = await loadText(`${minimal}${section}:\n  ${line}\n`);
      expect(faults).toEqual([place]);
      expect(findings[0]?.message).toMatch(message);
      if (hint instanceof RegExp) expect(findings[0]?.hint).toMatch(hint);
      else if (hint) expect(findings[0]?.hint).toBe(hint);
    });

  it('is looked for everywhere at once, in the order of the file', async () => {
    const text = `name: a b\nbase_model: 3\ndataset:\n  train: []\n  validation: { fraction: 2 }\nlora: { r: x }\n`;
    expect((await loadText(text)).faults).toEqual([
      '1:7 C012',
      '2:13 C011',
      '4:10 C012',
      '5:27 C012',
      '6:12 C011',
    ]);
  });

  it('in the dataset section is explained', async () => {
    const check = async (lines: string) => {
      const { faults, findings } = await loadText(`name: a\nbase_model: b\ndataset:\n${lines}`);
      expect(faults).toHaveLength(1);
      return `${faults[0]} ${findings[0]?.message}`;
    };
    expect(await check('  train: s3://a/b.jsonl\n')).toBe(
      '4:10 C016 `dataset.train`: this version reads local files and datasets of the hub',
    );
    expect(await check('  train: [a.jsonl, "-"]\n')).toContain('4:20 C016 `dataset.train.1`');
    expect(await check('  train: { path: a.jsonl, limit: 0 }\n')).toContain(
      '4:34 C012 `dataset.train.limit` must be a number of at least 1',
    );
    expect(await check('  train: [{ path: a.jsonl, weight: 0 }]\n')).toContain(
      '4:36 C012 `dataset.train.0.weight` must be a number above 0',
    );
    expect(await check('  train: [{ path: a.jsonl, weight: 1001 }]\n')).toContain('at most 1000');
    expect(await check('  train: a.jsonl\n  validation: [{ path: b.jsonl, weight: 2 }]\n')).toContain(
      '5:33 C014 `dataset.validation.0.weight` is set by lorch',
    );
    expect(await check('  train: a.jsonl\n  validation: [{ path: b.jsonl, limti: 2 }]\n')).toContain(
      '5:33 C010',
    );
    expect(await check('  train: [{ path: a.jsonl, template: vicuna }]\n')).toContain(
      '4:38 C012 `dataset.train.0.template` must be auto, model, chatml, alpaca or the path of a .jinja file',
    );
    expect(await check('  train: [{ path: a.jsonl, format: { prompt: q } }]\n')).toContain(
      '4:36 C017 `dataset.train.0.format`: no answer is mapped',
    );
    expect(
      await check('  train: [{ path: a.jsonl, format: { prompt: q, answer: a, promt: q } }]\n'),
    ).toContain('4:60 C010 there is no setting `promt` under `dataset.train.0.format:`');
    expect(await check('  train: [{ path: a.jsonl, limti: 2 }]\n')).toContain('4:28 C010');
    expect(await check('  train: a.jsonl\n  validation: { fraction: 0.1, path: b.jsonl }\n')).toContain(
      'C016',
    );
    expect(await check('  train: a.jsonl\n  template: vicuna\n')).toContain(
      '5:13 C012 `dataset.template` must be auto, model, chatml, alpaca or the path of a .jinja file',
    );
    expect(await check('  train: a.jsonl\n  format: preference\n')).toContain('5:11 C012');
    expect(await check('  train: a.jsonl\n  validation: 3\n')).toContain(
      'must be a mapping, text or a list; this is 3',
    );
  });
});

describe('a value as notebooks write it', () => {
  it('is taken: torch.bfloat16, TaskType.CAUSAL_LM, None for no limit', async () => {
    const config = await configOf(
      `${minimal}model: { dtype: torch.float16 }\nlora: { task_type: TaskType.CAUSAL_LM }\n` +
        'quantization: { load_in_4bit: true, bnb_4bit_compute_dtype: torch.float16, bnb_4bit_quant_storage: torch.uint8 }\n' +
        'training: { max_length: None, save_total_limit: none, report_to: wandb }\n',
    );
    expect(config.model.dtype).toBe('float16');
    expect(config.lora.task_type).toBe('CAUSAL_LM');
    expect(config.quantization).toMatchObject({
      bnb_4bit_compute_dtype: 'float16',
      bnb_4bit_quant_storage: 'uint8',
    });
    expect(config.training).toMatchObject({
      max_length: 'none',
      save_total_limit: 'none',
      report_to: ['wandb'],
    });
  });

  it('may be null where the library has None: that is the default', async () => {
    const config = await configOf(
      `${minimal}quantization: null\nlora: { layers_to_transform: null, r: null }\n`,
    );
    expect(config.quantization).toBeUndefined();
    expect(config.lora).toMatchObject({ r: 16 });
  });
});
