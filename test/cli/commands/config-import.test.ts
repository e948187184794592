// `lorch config import` on files as the other tools have them: every line accounted for, and a config that checks.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ImportResult } from '../../../src/app/plan/import-config.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const samples = join(import.meta.dirname, '../../fixtures/import');
const dir = mkdtempSync(join(tmpdir(), 'lorch-import-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[], options: CliOptions = {}) =>
  runCli(['config', ...args], { cwd: dir, ...options });
const imported = async (file: string, ...more: string[]) => {
  const { json } = await lorch(['import', join(samples, file), '--json', ...more]);
  const result = json() as unknown as ImportResult;
  return { ...result, config: parse(result.yaml) as Record<string, Record<string, unknown>> };
};
const fateOf = ({ settings }: ImportResult, key: string) => {
  const found = settings.find((each) => each.key === key);
  return found && `${found.fate}${found.reason ? `: ${found.reason}` : ''}`;
};

describe.each([
  'axolotl-qlora.yml',
  'llama-factory.yaml',
  'unsloth_train.py',
  'unsloth.yaml',
  'trl.sh',
  'trl.yaml',
])('%s', (file) => {
  it('becomes a config without a fault', async () => {
    const out = `${file.replace(/\W/g, '-')}.yaml`;
    const { exitCode, stdout, stderr } = await lorch(['import', join(samples, file), '-o', out]);
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`next: lorch plan ${out}`);
    // The files that it names are not here, which is a warning.
    const check = await lorch(['check', out]);
    expect([check.exitCode, check.stdout]).toEqual([0, expect.stringMatching(/: (good|no errors, but )/)]);
  });

  it('accounts for every setting, with its line', async () => {
    const { settings, counts, yaml } = await imported(file);
    expect(counts.kept + counts.renamed + counts.refused).toBe(settings.length);
    for (const { fate, reason, set, key, line } of settings) {
      expect(line).toBeGreaterThan(0);
      if (fate === 'refused') expect(reason, key).toBeTruthy();
      if (Object.keys(set).length === 0) expect(yaml).toContain(` ${key}: `);
    }
  });
});

it('reads axolotl: datasets, shares of an epoch, and what it names otherwise', async () => {
  const result = await imported('axolotl-qlora.yml');
  expect(result.tool).toBe('axolotl');
  expect(result.config).toMatchObject({
    base_model: 'Qwen/Qwen2.5-1.5B-Instruct',
    dataset: {
      train: [{ path: 'hf://datasets/acme/support-answers', format: 'alpaca' }, 'data/returns.jsonl'],
      validation: { fraction: 0.05 },
      train_on: 'answers',
    },
    lora: { r: 32, lora_alpha: 64, target_modules: 'all-linear' },
    quantization: { load_in_4bit: true },
    training: {
      max_length: 2048,
      per_device_train_batch_size: 2,
      lr_scheduler_type: 'cosine_with_min_lr',
      lr_scheduler_kwargs: { min_lr_rate: 0.1 },
      warmup_steps: 0.1,
      eval_steps: 0.08333,
    },
  });
  expect(fateOf(result, 'deepspeed')).toMatch(/^refused: .*one process/);
  expect(fateOf(result, 'loss_watchdog_threshold')).toBe('refused: lorch has no setting for it');
});

it('shows no secret, on the terminal or in the file', async () => {
  const { stdout, stderr } = await lorch(['import', join(samples, 'axolotl-qlora.yml')]);
  expect(stdout).toContain('hub_token: [not shown]');
  expect(stdout + stderr).not.toContain('hf_abcdefgh');
});

it('reads LLaMA-Factory, and says that a file asks for another training', async () => {
  const result = await imported('llama-factory.yaml');
  expect(result.config).toMatchObject({
    lora: { r: 16, target_modules: 'all-linear' },
    quantization: { load_in_4bit: true },
    model: { attn_implementation: 'flash_attention_2', trust_remote_code: true },
    dataset: { train: ['data/greetings.json', 'data/tickets.json'] },
  });
  const { exitCode, stderr } = await lorch(['import', join(samples, 'llama-factory.json')]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('another training: stage: "dpo"');
  const pairs = await imported('llama-factory.json');
  expect(pairs.config.lora).toMatchObject({ r: 8, target_modules: ['q_proj', 'v_proj'] });
  expect(pairs.added).toContain('training.learning_rate');
  expect(fateOf(pairs, 'optim')).toMatch(/^refused: .*galore_adamw/);
});

it('reads a script without running it: literals and names of literals, nothing computed', async () => {
  const result = await imported('unsloth_train.py');
  expect(result.tool).toBe('unsloth');
  expect(result.config).toMatchObject({
    base_model: 'acme/llama-3-8b-bnb-4bit',
    dataset: { train: 'hf://datasets/acme/recipes' },
    training: {
      max_length: 4096,
      max_steps: 60,
      learning_rate: 0.0002,
      optim: 'adamw_8bit',
      gradient_checkpointing: true,
    },
  });
  expect(fateOf(result, 'r')).toMatch(/^refused: its value is computed/);
  expect(fateOf(result, 'bf16')).toMatch(/^kept: the precision follows/);
  expect(existsSync(join(dir, 'never.txt'))).toBe(false);
});

it('reads a notebook cell by cell, and says what is missing', async () => {
  const { exitCode, stderr, stdout } = await lorch(['import', join(samples, 'unsloth.ipynb')]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('missing: C013 `dataset` is missing');
  expect(stdout).toContain('max_length: 2048 # cell 3, line 3 max_seq_length: 2048');
});

it('reads a command line: flags, lists, quotes; options of the launcher are left out', async () => {
  const result = await imported('trl.sh');
  expect(result.config).toMatchObject({
    dataset: { train: 'hf://datasets/trl-lib/Capybara' },
    lora: { r: 32, lora_alpha: 16, target_modules: ['q_proj', 'v_proj', 'o_proj'] },
    model: { dtype: 'bfloat16' },
    training: { packing: true, num_train_epochs: 1, gradient_checkpointing: false, max_length: 1024 },
  });
  expect(fateOf(result, 'launcher.num_processes')).toMatch(/^refused/);
  expect(fateOf(result, 'eval_steps')).toMatch(/^refused: .*validation rows/);
});

it('reads stdin, and overwrites nothing', async () => {
  const text = readFileSync(join(samples, 'trl.yaml'), 'utf8');
  const piped = await lorch(['import', '-', '--from', 'trl'], { stdin: text });
  expect(piped.stdout).toContain('base_model: acme/tiny');
  writeFileSync(join(dir, 'taken.yaml'), 'mine');
  const { exitCode, stderr } = await lorch(['import', join(samples, 'trl.yaml'), '-o', 'taken.yaml']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('D095')]);
  expect(readFileSync(join(dir, 'taken.yaml'), 'utf8')).toBe('mine');
});

describe('what cannot be imported', () => {
  it.each([
    ['a: 1\nb: 2\n', 'C032'],
    ['base_model: x\nlora: { r: 8 }\n', 'C032'],
    ['[1, 2', 'C031'],
    ['', 'C031'],
    ['{"cells": [', 'C031'],
    ['just words', 'C031'],
    ['import os\nprint(1)\n', 'C032'],
  ])('%j ends with %s', async (stdin, code) => {
    const { exitCode, stderr, stdout } = await lorch(['import', '-'], { stdin });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error ${code}`);
    expect(stderr).toContain('hint: ');
  });

  it.each([
    ['none.yaml', /error C031 there is no file none\.yaml\n {2}hint: check the path/],
    ['.', /error C031 \. is a folder\n {2}hint: name one of the files/],
    ['picture.png', /error C031 picture\.png is a binary file.*\n {2}hint: name a text file/],
  ])('%s ends with what to do', async (file, error) => {
    writeFileSync(join(dir, 'picture.png'), Buffer.from([137, 80, 78, 71, 0, 0]));
    const { exitCode, stderr } = await lorch(['import', file]);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(error)]);
  });

  it('keeps values that would be variables or comments here as they are', async () => {
    const stdin =
      'micro_batch_size: 1\nsequence_len: 64\nbase_model: "a/$\u007bHOME}"\nlora_dropout: "x\\n# y: 1"\nodd: "\\u2028\\u0007"\n';
    const { stdout } = await lorch(['import', '-'], { stdin });
    expect((parse(stdout) as { base_model: string }).base_model).toBe('a/$$\u007bHOME}');
    expect(stdout.split('\n').filter((line) => /^\S/.test(line) && !/^#|^\w+:/.test(line))).toEqual([]);
  });
});
