// `lorch data stats` as a user types it: contents, and tokens by the tokenisation that training uses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenDetails } from '../../../src/app/tokens/count-tokens.ts';
import type { Percentiles } from '../../../src/app/tokens/distribution.ts';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-stats-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[], options: CliOptions = {}) => runCli(args, { cwd: dir, ...options });
const put = (name: string, rows: unknown[]) =>
  writeFileSync(join(dir, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const chat = (system: string | null, question: string, answer: string) => ({
  messages: [
    ...(system === null ? [] : [{ role: 'system', content: system }]),
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
});
const tool = { type: 'function', function: { name: 'add', parameters: { type: 'object', properties: {} } } };
put('mixed.jsonl', [
  chat('Be kind.', 'What is red?', 'Red is a colour of light.'),
  chat('Be kind.', 'What is blue?', 'Blue is another colour.'),
  chat('Be curt.', 'Что такое красный?', 'Красный — это цвет.'),
  chat('Be kind.', 'What is red?', 'Red is a colour of light.'),
  {
    messages: [
      { role: 'user', content: 'Add two and two.' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'add', arguments: {} } }],
      },
      { role: 'tool', content: '4', tool_call_id: 'a' },
      { role: 'assistant', content: 'Together that is four.' },
    ],
    tools: [tool],
  },
]);

describe('lorch data stats', () => {
  it('counts system prompts, tools, scripts and exact duplicates', async () => {
    const { json, exitCode } = await lorch(['data', 'stats', 'mixed.jsonl', '--json']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      rows: 5,
      duplicates: { exact: 1 },
      system_prompts: { rows: 3, distinct: 2, exact: true, top: { text: 'Be kind.', rows: 2 } },
      tools: {
        rows: 1,
        calling: 1,
        calls: 1,
        names: { add: 1 },
        distinct: 1,
        called: { add: 1 },
        called_distinct: 1,
      },
      scripts: { Latin: 3, Cyrillic: 1 },
      percentiles: { turns: { p50: 3, max: 4 } },
      token_details: null,
    });
  });

  it('says the same to people', async () => {
    const { stdout } = await lorch(['data', 'stats', 'mixed.jsonl']);
    expect(stdout).toContain('1 row repeats an earlier one exactly');
    expect(stdout).toContain('under 50 rows: a sample is too small to judge the rest');
    expect(stdout).toContain('answers by script: Latin 3, Cyrillic 1');
    expect(stdout).toContain('system prompts: in 3 rows, 2 distinct; 66.7 % of them "Be kind."');
    expect(stdout).toContain('tools: declared in 1 row, called in 1 (1 call): add 1');
  });

  it('names the tools that are called, and apart from them those that are declared', async () => {
    put('other.jsonl', [
      {
        messages: [
          { role: 'user', content: 'Go.' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'gamma', arguments: {} } }],
          },
          { role: 'tool', content: 'ok', tool_call_id: 'a' },
          { role: 'assistant', content: 'Gone.' },
        ],
        tools: [tool],
      },
    ]);
    const { stdout } = await lorch(['data', 'stats', 'other.jsonl']);
    expect(stdout).toContain('tools: declared in 1 row, called in 1 (1 call): gamma 1; declared: add 1');
  });

  it('shows everything but tokens without a Python environment, names the command that makes one, and exits with 3', async () => {
    const env = { ...process.env, XDG_CACHE_HOME: join(dir, 'no-cache'), PATH: '' };
    const args = ['data', 'stats', 'mixed.jsonl', '--tokenizer', './tiny'];
    const { stdout, stderr, exitCode } = await lorch(args, { env });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('5 rows, chatml');
    expect(stderr).toContain('tokens are not counted: ');
    expect(stderr).toContain('lorch setup --tokenizer');
    const { json } = await lorch([...args, '--json'], { env });
    expect(json()).toMatchObject({ rows: 5, tokens: null, trained_tokens: null, token_details: null });
  });

  it('refuses --max-length without a tokenizer', async () => {
    const { stderr, exitCode } = await lorch(['data', 'stats', 'mixed.jsonl', '--max-length', '100']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('add --tokenizer MODEL')]);
  });
});

const python = process.env.LORCH_PYTHON;
if (!python) process.stderr.write('skipped: counting tokens needs LORCH_PYTHON\n');
describe.skipIf(!python)('lorch data stats --tokenizer', () => {
  const env = { ...process.env, XDG_CACHE_HOME: join(dir, 'cache') };
  const long = 'and so on and so forth '.repeat(60);
  const rows = [
    chat(null, 'What is red?', 'Red is a colour.'),
    chat(null, 'What is blue?', `Blue is a colour, ${long}`),
    chat(null, `Count the words: ${long}`, 'Many.'),
    chat(null, 'What is green?', 'Green is a colour.'),
  ];
  const stats = async (...args: string[]) =>
    await lorch(['data', 'stats', ...args, '--tokenizer', './tiny', '--python', python ?? ''], { env });

  beforeAll(async () => {
    put('lengths.jsonl', [...rows.slice(0, 1), 'no row', ...rows.slice(1)]);
    const made = await lorch(['model', 'tiny', 'tiny', '--python', python ?? ''], { env });
    expect(made.exitCode, made.stderr).toBe(0);
  });

  it('names the rows that a length cuts, that lose their end, and that train nothing, by file and line', async () => {
    const { json, exitCode, stderr } = await stats('lengths.jsonl', '--max-length', '128', '--json');
    expect(exitCode, stderr).toBe(0);
    const { token_details, untrainable, percentiles, tokens } = json() as {
      token_details: TokenDetails & { findings: Finding[] };
      untrainable: Record<string, number>;
      percentiles: { tokens: Percentiles };
      tokens: number;
    };
    expect(token_details.cut).toEqual([{ row: 2, at: 'lengths.jsonl:3' }]);
    expect(token_details.lost_eot).toEqual([{ row: 2, at: 'lengths.jsonl:3' }]);
    expect(token_details.untrained).toEqual([{ row: 3, at: 'lengths.jsonl:4', code: 'T008' }]);
    expect(untrainable).toEqual({ T008: 1 });
    expect(token_details.findings).toMatchObject([{ code: 'T008', at: { file: 'lengths.jsonl', line: 4 } }]);
    expect(percentiles.tokens.max).toBe(128);
    expect(token_details.uncut_lengths.max).toBeGreaterThan(128);
    expect(token_details.longest[0]).toMatchObject({ at: 'lengths.jsonl:3', tokens: 128 });
    const { histogram, longest } = token_details;
    for (const bins of [histogram.tokens, histogram.trained_tokens])
      expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(3);
    expect(longest.reduce((sum, each) => sum + each.tokens, 0)).toBe(tokens);
  });

  it('shows them to people with bars', async () => {
    const { stdout } = await stats('lengths.jsonl', '--max-length', '128');
    expect(stdout).toContain('max_length 128 cuts 1 of 5 rows: lengths.jsonl:3\n');
    expect(stdout).toContain('the end of the last answer is lost in 1 of 5 rows: lengths.jsonl:3\n');
    expect(stdout).toContain('nothing is trained in 1 of 5 rows: lengths.jsonl:4\n');
    expect(stdout).toMatch(/ {2}≤ +128 {2}█+ 1\n/);
    expect(stdout).toContain('tokens before the cut');
  });

  it('cuts nothing without a length', async () => {
    const { json } = await stats('lengths.jsonl', '--json');
    expect(json()).toMatchObject({
      untrainable: {},
      token_details: { max_length: null, cut: [], lost_eot: [], untrained: [] },
    });
  });
});
