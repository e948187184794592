// Formats as the data commands take them: mappings of fields, and preference pairs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-formats-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[]) => runCli(args, { cwd: dir });
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);

describe('--format with a mapping', () => {
  put('calls.jsonl', '{"log":[{"who":"me","say":"Hi"},{"who":"desk","say":"Hello."}]}\n');
  put('mapping.yaml', 'messages: log\nrole: who\ncontent: say\nroles: { me: user, desk: assistant }\n');

  it('reads rows of any shape in every data command', async () => {
    const checked = await lorch(['data', 'check', 'calls.jsonl', '--format', 'mapping.yaml', '--json']);
    expect(checked.json()).toMatchObject({
      format: 'custom',
      format_why: '1 of 1 sampled rows have the mapped field "log"',
      confidence: 1,
      findings: [],
    });
    const { stdout } = await lorch([
      ...['data', 'convert', 'calls.jsonl', '--format', 'mapping.yaml', '--to', 'sharegpt', '-o', '-'],
    ]);
    expect(JSON.parse(stdout)).toEqual({
      conversations: [
        { from: 'human', value: 'Hi' },
        { from: 'gpt', value: 'Hello.' },
      ],
    });
    const stats = await lorch(['data', 'stats', 'calls.jsonl', '--format', 'mapping.yaml', '--json']);
    expect(stats.json()).toMatchObject({ format: 'custom', rows: 1 });
  });

  it('names every fault of the mapping file by line and column, with what was meant', async () => {
    put('bad.yaml', 'mesages: log\nroles: { me: user, desk: asistant }\n');
    const { exitCode, stderr } = await lorch(['data', 'check', 'calls.jsonl', '--format', 'bad.yaml']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/bad\.yaml:1:1 error C010 .*\n.*`mesages`[\s\S]*did you mean `messages`/);
    expect(stderr).toMatch(
      /bad\.yaml:2:\d+ error C012 .*\n.*`roles\.desk` must be[\s\S]*did you mean `assistant`/,
    );
    const absent = await lorch(['data', 'check', 'calls.jsonl', '--format', 'none.yaml']);
    expect([absent.exitCode, absent.stderr]).toEqual([
      2,
      expect.stringContaining('there is no file none.yaml'),
    ]);
  });

  it('is refused as a target', async () => {
    const { exitCode, stderr } = await lorch([
      'data',
      'convert',
      'calls.jsonl',
      '--to',
      'mapping.yaml',
      '-o',
      '-',
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('D096')]);
  });
});

describe('preference pairs', () => {
  put('pairs.jsonl', '{"prompt":"Open?","chosen":"Until six.","rejected":"Who knows.","margin":2}\n');

  it('are kept by a check', async () => {
    const { json } = await lorch(['data', 'check', 'pairs.jsonl', '--json']);
    expect(json()).toMatchObject({ format: 'preference', ledger: { rows_in: 1, kept: 1 } });
  });

  it('give up the rejected answer only where that is allowed', async () => {
    const to = ['data', 'convert', 'pairs.jsonl', '--to', 'alpaca', '-o', '-'];
    const refused = await lorch(to);
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('alpaca cannot hold rejected answers');
    expect(JSON.parse((await lorch([...to, '--allow-loss'])).stdout)).toEqual({
      instruction: 'Open?',
      input: '',
      output: 'Until six.',
      margin: 2,
    });
  });
});

it('fields keep numbers of any size through every command that writes rows', async () => {
  const fields = '"id":12345678901234567890,"far":{"a":[-9007199254740993,1e400]},"near":0.1';
  put(
    'ids.jsonl',
    `{"instruction":"Go","output":"Gone.",${fields}}\n{"instruction":"Stay","output":"Staid.",${fields}}\n`,
  );
  for (const args of [
    ['convert', 'ids.jsonl', '--to', 'chatml', '-o', 'ids-1.jsonl'],
    ['convert', 'ids-1.jsonl', '--to', 'alpaca', '-o', 'ids-2.jsonl'],
    ['dedup', 'ids-2.jsonl', '-o', 'ids-3.jsonl'],
    ['sample', 'ids-3.jsonl', '-o', 'ids-4.jsonl'],
    ['split', 'ids-4.jsonl', '--validation', '0.01', '-o', 'ids'],
    ['convert', 'ids/train.jsonl', 'ids/validation.jsonl', '--to', 'sharegpt', '-o', 'ids-5.jsonl'],
  ])
    expect(await lorch(['data', ...args])).toMatchObject({ exitCode: 0 });
  const rows = readFileSync(join(dir, 'ids-5.jsonl'), 'utf8').trim().split('\n');
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toContain(fields);
});
