// init, setup, doctor and model show: what a person types, and what comes out of each stream.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliOptions, runCli } from '../../run-cli.ts';

let dir: string;
let env: Record<string, string | undefined>;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-environment-'));
  // No Python environment, no hub, no login.
  env = { PATH: process.env.PATH, HOME: dir, HF_HUB_OFFLINE: '1' };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const lorch = (args: string[], options: CliOptions = {}) => runCli(args, { cwd: dir, env, ...options });

describe('lorch init', () => {
  it('makes a workspace whose configs are good, and says what to do next', async () => {
    const made = await lorch(['init', 'project']);
    expect(made).toMatchObject({ exitCode: 0, stdout: `${join(dir, 'project')}\n` });
    expect(made.stderr).toContain('cd project');
    const cwd = join(dir, 'project');
    for (const path of ['lorch.yaml', 'runs/.gitignore', 'datasets/support-triage.jsonl']) {
      expect(existsSync(join(cwd, path)), path).toBe(true);
    }
    expect((await lorch(['config', 'check', 'configs/quickstart-r4.yaml'], { cwd })).exitCode).toBe(0);
    expect((await lorch(['config', 'schema', '--check'], { cwd })).exitCode).toBe(0);
    expect((await lorch(['runs'], { cwd })).exitCode).toBe(0);
  });

  it('never writes over what is there', async () => {
    mkdirSync(join(dir, 'configs'));
    writeFileSync(join(dir, 'lorch.yaml'), 'python: /mine\n');
    writeFileSync(join(dir, 'configs', 'quickstart-r4.yaml'), 'mine\n');
    const { kept, created } = (await lorch(['init', '--json'])).json() as {
      kept: string[];
      created: string[];
    };
    expect(kept.sort()).toEqual(['configs/quickstart-r4.yaml', 'lorch.yaml']);
    expect(created).toContain('configs/quickstart-r16.yaml');
    expect(readFileSync(join(dir, 'lorch.yaml'), 'utf8')).toBe('python: /mine\n');
    expect(readFileSync(join(dir, 'configs', 'quickstart-r4.yaml'), 'utf8')).toBe('mine\n');
    expect((await lorch(['init', '--json'])).json()).toMatchObject({ created: [] });
  });

  it('refuses a file as the folder', async () => {
    writeFileSync(join(dir, 'taken'), '');
    expect(await lorch(['init', 'taken'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('U121'),
    });
  });
});

describe('lorch setup', () => {
  it('--check changes nothing and says how to make the environment', async () => {
    const checked = await lorch(['setup', '--check']);
    expect(checked).toMatchObject({ exitCode: 3, stdout: '' });
    expect(checked.stderr).toContain('E001');
    expect(existsSync(join(dir, '.cache', 'lorch', 'python'))).toBe(false);
  });

  it('--python explains what a bare interpreter lacks', async () => {
    mkdirSync(join(dir, 'bin'));
    // Without site-packages, whatever is installed on this machine.
    writeFileSync(join(dir, 'bin', 'python'), '#!/bin/sh\nexec python3 -S "$@"\n', { mode: 0o755 });
    const checked = await lorch(['setup', '--python', '.']);
    expect(checked.exitCode).toBe(3);
    expect(checked.stderr).toMatch(/E003 .*transformers .*torch .*peft .*trl /);
  });

  it('refuses an unknown build of PyTorch', async () => {
    expect((await lorch(['setup', '--variant', 'cu999'])).exitCode).toBe(2);
  });
});

describe('lorch doctor', () => {
  it('explains every part and exits with 3 where the trainer has no Python', async () => {
    const found = await lorch(['doctor', '--json']);
    expect(found.exitCode).toBe(3);
    const { healthy, parts } = found.json() as { healthy: boolean; parts: Record<string, string>[] };
    expect(healthy).toBe(false);
    expect(parts.find(({ name }) => name === 'interpreter')).toMatchObject({
      state: 'broken',
      fix: expect.stringContaining('lorch setup'),
    });
    expect(parts.find(({ name }) => name === 'sqlite')?.state).toBe('good');
    expect(parts.find(({ name }) => name === 'endpoint')?.value).toContain('offline');
  });

  it('says that there is a token and never which', async () => {
    const told = await lorch(['doctor'], { env: { ...env, HF_TOKEN: 'hf_do_not_show' } });
    expect(told.stdout).toContain('there is one (not shown)');
    expect(told.stdout + told.stderr).not.toContain('hf_do_not_show');
  });

  it('names the faults of a lorch.yaml', async () => {
    writeFileSync(join(dir, 'lorch.yaml'), 'pyton: /usr\n');
    const told = await lorch(['doctor']);
    expect(told.stdout).toContain('`pyton`');
    expect(told.exitCode).toBe(3);
  });
});

const llama = {
  model_type: 'llama',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
};

describe('lorch model show', () => {
  beforeEach(() => {
    mkdirSync(join(dir, 'llama'));
    writeFileSync(join(dir, 'llama', 'config.json'), JSON.stringify(llama));
  });

  it('counts Llama-3.1-8B as PEFT does', async () => {
    const args = ['model', 'show', 'llama', '--lora', 'r=16,target_modules=q_proj+k_proj+v_proj+o_proj'];
    const shown = await lorch([...args, '--json']);
    const value = shown.json() as {
      parameters: object;
      lora: { modules: { trainable: number }[] };
      memory: { total_bytes: number }[];
    };
    expect(value).toMatchObject({
      lorch: 1,
      architecture: 'LlamaForCausalLM',
      parameters: { total: 8_030_261_248 },
      sizes: { kv_heads: 8 },
      lora: { trainable: 13_631_488, total: 8_043_892_736 },
    });
    expect(value.lora.modules).toHaveLength(128);
    expect(
      value.memory.map(({ total_bytes }) => total_bytes / 2 ** 30).every((gib) => gib > 5 && gib < 50),
    ).toBe(true);
    const text = await lorch(args);
    expect(text.stdout).toContain('13,631,488 of 8,043,892,736 parameters train (0.1695 %)');
  });

  it('takes LoRA settings as JSON, and defaults', async () => {
    const count = async (...args: string[]) => {
      const { lora } = (await lorch(['model', 'show', 'llama', '--json', ...args])).json() as {
        lora: { trainable: number };
      };
      return lora.trainable;
    };
    expect(await count('--lora', '{"r": 16, "target_modules": "all-linear"}')).toBe(await count());
    expect(await count('--lora', 'r=32')).toBe(2 * (await count()));
    expect(await count('--lora', 'target_modules=q_proj,use_dora=true')).toBe(32 * (16 * 8192 + 4096));
  });

  it.each([
    [['--lora', 'r'], 'M017'],
    [['--lora', '{"r":'], 'M017'],
    [['--lora', 'r=many'], 'M005'],
    [['--lora', 'target_modules=q_porj'], 'M001'],
  ])('refuses %o', async (args, code) => {
    expect(await lorch(['model', 'show', 'llama', ...args])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(code),
    });
  });

  it('guesses nothing about an unknown family: a note, and what would count it', async () => {
    writeFileSync(join(dir, 'llama', 'config.json'), JSON.stringify({ model_type: 'mamba' }));
    const shown = await lorch(['model', 'show', 'llama', '--json']);
    expect(shown.exitCode).toBe(0);
    expect(shown.json()).toMatchObject({
      lora: null,
      memory: null,
      findings: expect.arrayContaining([expect.objectContaining({ code: 'M016', severity: 'note' })]),
    });
  });

  it('is exit code 3 where the hub cannot be asked', async () => {
    expect(await lorch(['model', 'show', 'acme/nothing'])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('E041'),
    });
  });
});
