import { describe, expect, it } from 'vitest';
import { loadText, minimal } from './load-files.ts';

async function only(text: string, overrides: string[] = []) {
  const { findings, faults } = await loadText(minimal + text, { overrides });
  expect(faults).toHaveLength(1);
  const [{ code, message, hint } = { code: '', message: '', hint: '' }] = findings;
  return { place: faults[0], code, message, hint };
}

describe('an unknown key', () => {
  it('gets the nearest key of its section', async () => {
    expect(await only('lora:\n  lora_alfa: 3\n')).toEqual({
      place: '6:3 C010',
      code: 'C010',
      message: 'there is no setting `lora_alfa` under `lora:`',
      hint: 'did you mean `lora_alpha`?',
    });
    expect((await only('trainig: { packing: true }\n')).hint).toBe('did you mean `training`?');
    expect((await only('training: { learning-rate: 1.0e-4 }\n')).hint).toBe('did you mean `learning_rate`?');
    expect((await only('quantization: { load_in_4bit: true, bnb_4bit_quant_tpye: nf4 }\n')).hint).toBe(
      'did you mean `bnb_4bit_quant_type`?',
    );
  });

  it('is sent to the section it belongs to', async () => {
    expect((await only('learning_rate: 1e-4\n')).hint).toBe('this key belongs under `training:`');
    expect((await only('training: { lora_alpha: 32 }\n')).hint).toBe('this key belongs under `lora:`');
    expect((await only('model: { base_model: x }\n')).hint).toBe('this key belongs at the top level');
    expect((await only('lora: { seed: 1 }\n')).hint).toBe(
      'this key belongs under `dataset.validation:` or `training:` or `sweep:`',
    );
  });

  it('is recognised by what other tools call it', async () => {
    expect((await only('lora: { rank: 8 }\n')).hint).toBe('lorch calls it `lora.r`');
    expect((await only('training: { lr: 1e-4 }\n')).hint).toBe('lorch calls it `training.learning_rate`');
  });

  it('gets the list of a short section', async () => {
    expect((await only('retry: { xyzzy: 1 }\n')).hint).toBe('it takes attempts, on');
  });

  it('has no special powers when it is named like a part of an object', async () => {
    expect((await only('lora: { constructor: 1 }\n')).code).toBe('C010');
    expect((await only('toString: 1\n')).code).toBe('C010');
  });
});

describe('a field that configs may not set', () => {
  it('says that lorch sets it, and what to use', async () => {
    expect(await only('training:\n  output_dir: out\n')).toEqual({
      place: '6:3 C014',
      code: 'C014',
      message: '`training.output_dir` is set by lorch',
      hint: 'every run gets a folder of its own under runs/',
    });
    expect((await only('model: { device_map: auto }\n')).code).toBe('C014');
    expect((await only('lora: { base_model_name_or_path: x }\n')).hint).toBe(
      'write `base_model:` at the top level',
    );
    expect((await only('training: { run_name: x }\n')).hint).toBe('the run is called by `name:`');
    expect((await only('training: { resume_from_checkpoint: x }\n')).hint).toContain(
      'use `lorch resume RUN`',
    );
  });

  it('says what took the place of a removed one', async () => {
    const successors = {
      max_seq_length: '512',
      warmup_ratio: '0.1',
      evaluation_strategy: 'epoch',
      group_by_length: 'true',
      overwrite_output_dir: 'true',
      no_cuda: 'true',
      save_safetensors: 'true',
    };
    for (const [name, value] of Object.entries(successors)) {
      const { place, hint } = await only(`training:\n  ${name}: ${value}\n`);
      expect(place).toBe('6:3 C015');
      expect(hint).toMatch(/^(write|nothing)/);
    }
    expect((await only('training: { warmup_ratio: 0.1 }\n')).hint).toContain('`warmup_steps`');
  });

  it('is told apart from what is not done yet', async () => {
    expect((await only('training: { deepspeed: ds.json }\n')).code).toBe('C016');
    expect((await only('lora: { megatron_config: {} }\n')).code).toBe('C016');
    expect((await only('resources: { gpus: 1, partition: a }\n')).hint).toContain('Slurm is planned');
    const { code, hint, place } = await only('resources: { gpus: 1, launcher: local }\n');
    expect({ code, hint, place }).toEqual({
      code: 'C010',
      hint: 'lorch calls it `resources.host`',
      place: expect.stringMatching(/^\d+:\d+ C010$/),
    });
  });

  it('is recognised under the wrong section too', async () => {
    expect((await only('max_seq_length: 512\n')).code).toBe('C015');
    expect((await only('lora: { deepspeed: x }\n')).code).toBe('C016');
  });

  it('includes a weight outside its source', async () => {
    const text = 'name: a\nbase_model: b\ndataset:\n  train: a.jsonl\n  weight: 2\n';
    const { findings, faults } = await loadText(text);
    expect(faults).toEqual(['5:3 C016']);
    expect(findings[0]?.hint).toBe('it belongs to a source: train: [{ path: rows.jsonl, weight: 2 }]');
  });
});

describe('a missing key', () => {
  it('is named with its section', async () => {
    const { findings, faults } = await loadText('name: a\ndataset:\n  format: auto\n');
    expect(faults).toEqual(['1:1 C013', '2:1 C013']);
    expect(findings.map(({ message }) => message)).toEqual([
      '`base_model` is missing',
      '`dataset.train` is missing',
    ]);
  });

  it('is missing too where its value is null', async () => {
    expect((await loadText('name: a\nbase_model:\ndataset:\n  train: a.jsonl\n')).faults).toEqual([
      '2:1 C013',
    ]);
  });
});
