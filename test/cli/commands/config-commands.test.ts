// config check, render and schema: what a person types, and what comes out of each stream.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliOptions, runCli } from '../../run-cli.ts';

const good = 'name: a\nbase_model: org/model\ndataset:\n  train: rows.jsonl\n';
const bad = `${good}lora:\n  r: "16"\n  lora_alfa: 3\n`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-config-cli-'));
  writeFileSync(join(dir, 'good.yaml'), good);
  writeFileSync(join(dir, 'bad.yaml'), bad);
  writeFileSync(join(dir, 'rows.jsonl'), '');
});
afterEach(() => rmSync(dir, { recursive: true }));

const lorch = (args: string[], options: CliOptions = {}) =>
  runCli(['config', ...args], { cwd: dir, env: {}, ...options });

describe('lorch config check', () => {
  it('says of each file whether it is good, and exits 2 where one is not', async () => {
    expect(await lorch(['check', 'good.yaml'])).toMatchObject({
      stdout: 'good.yaml: good\n',
      stderr: '',
      exitCode: 0,
    });
    const { stdout, exitCode } = await lorch(['check', 'bad.yaml', 'good.yaml', 'none.yaml']);
    expect(exitCode).toBe(2);
    expect(stdout).toMatchInlineSnapshot(`
      "bad.yaml:6:6 error C011 wrong-type
        \`lora.r\` must be a number; this is the text "16"
            r: "16"
               ^
        hint: remove the quotes
      bad.yaml:7:3 error C010 unknown-key
        there is no setting \`lora_alfa\` under \`lora:\`
            lora_alfa: 3
            ^
        hint: did you mean \`lora_alpha\`?
      bad.yaml: 2 problems
      good.yaml: good
      none.yaml error C002 file-unreadable
        there is no file none.yaml
        hint: check the path and the spelling
      none.yaml: 1 problem
      "
    `);
  });

  it('reads stdin, takes --set, and counts the runs of a sweep', async () => {
    expect((await lorch(['check', '-'], { stdin: good })).stdout).toBe('-: good\n');
    expect((await lorch(['check', '-'], { stdin: bad })).stdout).toContain('stdin:6:6 error C011');
    expect((await lorch(['check', 'good.yaml', '--set', 'lora.r=0'])).stdout).toContain(
      '--set lora.r=0 error C012',
    );
    const sweep = await lorch(['check', 'good.yaml', '--set', 'sweep.parameters={lora.r: [1, 2, 3]}']);
    expect(sweep.stdout).toBe('good.yaml: good (a sweep of 3 runs)\n');
  });

  it('warns of files and folders that are not here, and calls the config good', async () => {
    writeFileSync(
      join(dir, 'away.yaml'),
      'name: a\nbase_model: ./models/none\ndataset:\n  train: [rows.jsonl, none.jsonl]\n  validation: ["data/*.jsonl"]\n',
    );
    const { stdout, exitCode } = await lorch(['check', 'away.yaml']);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^away\.yaml:\d+:\d+ warning C040/gm)).toEqual([
      'away.yaml:2:13 warning C040',
      'away.yaml:4:23 warning C040',
      'away.yaml:5:16 warning C040',
    ]);
    expect(stdout).toContain('away.yaml: no errors, but some files that it names do not exist\n');
    expect((await lorch(['check', 'away.yaml', '--json'])).json()).toMatchObject({ ok: true });
  });

  it('takes a name on the hub for one, unless its first part is a folder here', async () => {
    mkdirSync(join(dir, 'models'));
    const check = (model: string) => lorch(['check', '-'], { stdin: good.replace('org/model', model) });
    expect((await check('org/model')).stdout).toBe('-: good\n');
    expect((await check('models/tiny')).stdout).toContain('it is read as a name on the hub');
  });

  it('fills variables in from the environment it is given', async () => {
    const stdin = good.replace('org/model', '$' + '{BASE}');
    expect((await lorch(['check', '-'], { stdin, env: { BASE: 'x/y' } })).exitCode).toBe(0);
    expect((await lorch(['check', '-'], { stdin })).stdout).toContain('C020');
  });

  it('prints one JSON object with every finding', async () => {
    const result = await lorch(['check', 'good.yaml', 'bad.yaml', '--json']);
    expect(result.exitCode).toBe(2);
    expect(result.json()).toMatchObject({
      lorch: 1,
      ok: false,
      files: [
        { file: 'good.yaml', ok: true, runs: ['a'], findings: [] },
        {
          file: 'bad.yaml',
          ok: false,
          findings: [{ code: 'C011', at: { line: 6, column: 6 } }, { code: 'C010' }],
        },
      ],
    });
  });

  it('neutralises terminal escapes in what it quotes', async () => {
    const { stdout } = await lorch(['check', '-'], { stdin: `${good}lora: { r: "\u001b[31mred" }\n` });
    expect(stdout).toContain('C011');
    expect(stdout).not.toContain('\u001b[31m');
  });
});

describe('lorch config render', () => {
  it('prints YAML of every value, or of one section', async () => {
    const whole = await lorch(['render', 'good.yaml']);
    expect(whole.stdout).toContain('learning_rate: 0.0002\n');
    expect(whole.stdout).toContain('quantization: null\n');
    const { stdout } = await lorch(['render', 'good.yaml', '--section', 'resources', '--device', 'cpu']);
    expect(stdout).toBe(
      'name: a\nresources:\n  host: local\n  gpus: 0\n  hang_steps: 100\n  hang_minutes: 15\n',
    );
  });

  it('prints JSON with the machine it is for', async () => {
    const set = ['--set', 'sweep.parameters={lora.r: [2, 4]}'];
    const json = (await lorch(['render', 'good.yaml', '--json', '--device', 'cpu', ...set])).json();
    expect(json).toMatchObject({
      lorch: 1,
      machine: { device: 'cpu', bf16: true },
      runs: [
        { name: 'a-r2', lora: { r: 2, lora_alpha: 4 }, sweep: { index: 0, count: 2 } },
        { name: 'a-r4' },
      ],
    });
  });

  it('warns on stderr of what the machine cannot do', async () => {
    const { stderr, stdout } = await lorch(['render', 'good.yaml', '--no-bf16']);
    expect(stderr).toContain('C025');
    expect(stdout).not.toContain('C025');
  });

  it('fails on a bad config as every command does', async () => {
    expect(await lorch(['render', 'bad.yaml'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await lorch(['render', 'bad.yaml'])).stderr).toContain('C001 2 problems in bad.yaml');
  });
});

describe('lorch config schema', () => {
  const committed = resolve(import.meta.dirname, '../../../run-config.schema.json');

  it('prints what is committed', async () => {
    expect((await lorch(['schema'])).stdout).toBe(readFileSync(committed, 'utf8'));
  });

  it('writes a file and tells a current one from another', async () => {
    expect((await lorch(['schema', '--check'])).exitCode).toBe(2);
    expect((await lorch(['schema', '--output', 'run-config.schema.json'])).exitCode).toBe(0);
    expect(await lorch(['schema', '--check'])).toMatchObject({
      exitCode: 0,
      stdout: 'run-config.schema.json: current\n',
    });
    writeFileSync(join(dir, 'old.json'), '{}\n');
    expect(await lorch(['schema', '--check', 'old.json'])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('C027'),
    });
  });
});
