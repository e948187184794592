// The data commands as a user types them.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-data-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[], options: CliOptions = {}) => runCli(args, { cwd: dir, ...options });
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);

const alpaca = (n: number, output = `Answer ${n}.`) =>
  JSON.stringify({ instruction: `Question ${n}?`, input: '', output });
put('clean.jsonl', `${[1, 2, 3].map((n) => alpaca(n)).join('\n')}\n`);
put(
  'faulty.jsonl',
  `${[alpaca(1), '{oops', ...[2, 3, 4, 5].map((n) => alpaca(n, '')), alpaca(1), alpaca(6)].join('\n')}\n`,
);
const call = { type: 'function', function: { name: 'add', arguments: { a: 1 } } };
const chat = [
  {
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
    ],
    id: 1,
  },
  {
    messages: [
      { role: 'user', content: 'Add.' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'x', ...call }] },
      { role: 'tool', content: '1', tool_call_id: 'x' },
      { role: 'assistant', content: 'One.' },
    ],
  },
];
put('chat.jsonl', chat.map((row) => `${JSON.stringify(row)}\n`).join(''));

describe('lorch data check', () => {
  it('shows each fault with place, pointer, caret and hint, the worst first, and exits 1', async () => {
    const { stdout, exitCode } = await lorch(['data', 'check', 'faulty.jsonl']);
    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/\(\d+ of .*?\)/g, '(…)')).toMatchInlineSnapshot(`
      "faulty.jsonl:3:50 error D014 empty-answer
        The assistant message has no content.  /output
          {"instruction":"Question 2?","input":"","output":""}
                                                           ^
      faulty.jsonl:4:50 error D014 empty-answer
        The assistant message has no content.  /output
          {"instruction":"Question 3?","input":"","output":""}
                                                           ^
      faulty.jsonl:5:50 error D014 empty-answer
        The assistant message has no content.  /output
          {"instruction":"Question 4?","input":"","output":""}
                                                           ^
        hint: fill the reply, or drop the row with dataset.on_error: drop
        … and 1 more of D014 empty-answer

      faulty.jsonl:2:2 error D001 invalid-json
        The row is not valid JSON: expected a key in double quotes here, not "o".
          {oops
           ^
        hint: fix the row, or drop it with dataset.on_error: drop

      faulty.jsonl:7:1 warning D050 exact-duplicate
        The row repeats faulty.jsonl:1 (row 0).
          {"instruction":"Question 1?","input":"","output":"Answer 1."}
          ^
        hint: keep one of them, or set duplicates.exact: keep

      faulty.jsonl  404 B  alpaca (…)
      8 rows: 2 kept, 6 would be dropped (1 D001 invalid-json, 4 D014 empty-answer, 1 D050 exact-duplicate)
      5 errors, 1 warning
      Not ready: 5 errors; 2 of 8 rows can be trained on.
      "
    `);
  });

  it('gives scripts the fixed JSON, every place included', async () => {
    const result = await lorch(['data', 'check', 'faulty.jsonl', '--json']);
    expect(result.exitCode).toBe(1);
    const { findings, files, ...rest } = result.json() as { findings: Finding[]; files: unknown[] } & Record<
      string,
      unknown
    >;
    expect(result.stdout.startsWith('{\n  "lorch": 1,')).toBe(true);
    expect(rest).toMatchObject({
      format: 'alpaca',
      rows: 8,
      ledger: { rows_in: 8, kept: 2, fixed: 0, dropped: { D001: 1, D014: 4, D050: 1 } },
      counts: { D001: 1, D014: 4, D050: 1 },
    });
    expect(findings.map(({ code, at }) => `${code} ${at?.line}:${at?.column} ${at?.pointer ?? ''}`)).toEqual([
      'D014 3:50 /output',
      'D014 4:50 /output',
      'D014 5:50 /output',
      'D014 6:50 /output',
      'D001 2:2 ',
      'D050 7:1 ',
    ]);
    expect(files).toEqual([
      expect.objectContaining({
        path: 'faulty.jsonl',
        rows: 8,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    ]);
    const few = (await lorch(['data', 'check', 'faulty.jsonl', '--json', '--max', '1'])).json();
    expect((few.findings as Finding[]).length).toBe(3);
    expect(few.counts).toEqual(rest.counts);
  });

  it('streams findings as NDJSON; the last line is the totals', async () => {
    const { stdout, stderr, exitCode } = await lorch(['data', 'check', 'faulty.jsonl', '--ndjson']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding & { lorch?: number; ledger?: unknown });
    const totals = lines.pop();
    expect(totals).toMatchObject({ lorch: 1, rows: 8, ledger: { kept: 2 }, counts: { D014: 4 } });
    const codes = lines.map(({ code }) => code);
    expect(codes).toEqual(['D001', 'D014', 'D014', 'D014', 'D014', 'D050']);
    expect(stderr).toContain('8 rows: 2 kept');
    expect(exitCode).toBe(1);
  });

  it('reads stdin, globs and several files, and exits 0 without errors', async () => {
    const piped = await lorch(['data', 'check', '-', '--json'], {
      stdin: readFileSync(join(dir, 'clean.jsonl'), 'utf8'),
    });
    expect([piped.exitCode, piped.json().rows]).toEqual([0, 3]);
    const both = await lorch(['data', 'check', 'c*.jsonl', 'clean.jsonl', '--json']);
    expect(both.json()).toMatchObject({
      format: 'mixed',
      rows: 5,
      files: [{ path: 'chat.jsonl' }, { path: 'clean.jsonl' }],
    });
    expect(both.exitCode).toBe(0);
  });

  it('never exits 0 where no row could be used', async () => {
    put('unknown.jsonl', '{"headline":"a"}\n');
    put('empty.jsonl', '');
    for (const [name, code] of [
      ['unknown.jsonl', 'D015'],
      ['empty.jsonl', 'D012'],
    ]) {
      const { stdout, exitCode } = await lorch(['data', 'check', name ?? '']);
      expect([exitCode, stdout]).toEqual([1, expect.stringContaining(code ?? '')]);
    }
  });

  it('says what is wrong with its arguments, and exits 2', async () => {
    expect(await lorch(['data', 'check', 'claen.jsonl'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean clean.jsonl'),
    });
    expect(await lorch(['data', 'check', 'clean.jsonl', '--format', 'alpacca'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('D093'),
    });
    expect((await lorch(['data', 'check'])).exitCode).toBe(2);
    expect((await lorch(['data', 'check', 'clean.jsonl', '--max', '0'])).exitCode).toBe(2);
  });

  it('protects a terminal from the text of a dataset', async () => {
    put('escape.jsonl', `${alpaca(1)}\n{"instruction":"\x1b]0;owned\x07","output":"x"}\n`);
    const { stdout } = await lorch(['data', 'check', 'escape.jsonl']);
    expect(stdout).toContain('D001');
    expect(stdout).not.toContain('\x1b');
  });

  it('shows as codes what turns text around', async () => {
    put('turned.jsonl', `{"instruction":"Ask \u202egnp.exe","output":\n${alpaca(1)}\n`);
    const { stdout } = await lorch(['data', 'check', 'turned.jsonl']);
    expect(stdout).toContain('Ask \\u202egnp.exe');
    expect(stdout).not.toContain('\u202e');
  });

  it('writes no report over a dataset, a folder or another report', async () => {
    put('linked.jsonl', `${alpaca(1)}\n`);
    symlinkSync('linked.jsonl', join(dir, 'link.jsonl'));
    mkdirSync(join(dir, 'folder'));
    for (const args of [
      ['link.jsonl', '--html', 'linked.jsonl'],
      ['linked.jsonl', '--html', 'folder'],
      ['linked.jsonl', '--html', 'report', '--sarif', './report'],
    ])
      expect(await lorch(['data', 'check', ...args])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readFileSync(join(dir, 'linked.jsonl'), 'utf8')).toBe(`${alpaca(1)}\n`);
    expect(existsSync(join(dir, 'report'))).toBe(false);
  });
});

describe('lorch data stats', () => {
  it('counts rows, roles and lengths', async () => {
    const { exitCode, json } = await lorch(['data', 'stats', 'clean.jsonl', '--json']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      lorch: 1,
      rows: 3,
      tokens: null,
      trained_tokens: null,
      roles: { user: { messages: 3, characters: 33 }, assistant: { messages: 3, characters: 27 } },
      percentiles: { turns: { p50: 2, max: 2 }, characters: { p50: 20, mean: 20 }, tokens: null },
    });
  });

  it('prints the same for people, and says what is missing for tokens', async () => {
    const { stdout, stderr } = await lorch(['data', 'stats', 'faulty.jsonl']);
    expect(stdout).toContain('8 rows, alpaca; 5 with errors are left out here');
    expect(stderr).toContain('--tokenizer MODEL');
  });

  const python = process.env.LORCH_PYTHON;
  if (!python) process.stderr.write('skipped: counting tokens needs LORCH_PYTHON\n');
  it.skipIf(!python)('counts tokens with the tokenisation that training uses', async () => {
    const env = { ...process.env, XDG_CACHE_HOME: join(dir, 'cache') };
    const made = await lorch(['model', 'tiny', 'tiny', '--python', python ?? ''], { env });
    expect(made.exitCode, made.stderr).toBe(0);
    const args = [
      'data',
      'stats',
      'clean.jsonl',
      '--tokenizer',
      './tiny',
      '--python',
      python ?? '',
      '--json',
    ];
    const result = await lorch(args, { env });
    expect(result.exitCode, result.stderr).toBe(0);
    const { tokens, trained_tokens, percentiles, untrainable } = result.json() as {
      tokens: number;
      trained_tokens: number;
      percentiles: { tokens: { max: number; mean: number }; trained_tokens: { max: number } };
      untrainable: unknown;
    };
    expect(trained_tokens).toBeGreaterThan(3);
    expect(tokens).toBeGreaterThan(trained_tokens);
    expect(percentiles.tokens.mean * 3).toBeCloseTo(tokens, 0);
    expect(percentiles.trained_tokens.max).toBeLessThan(percentiles.tokens.max);
    expect(untrainable).toEqual({});
  });
});

describe('lorch data convert', () => {
  it('writes lines or an array, by the name of the output, and gives the rows back when converted again', async () => {
    for (const [to, out] of [
      ['chatml', 'a.jsonl'],
      ['sharegpt', 'a.json'],
      ['chatml-text', 'b.jsonl'],
    ]) {
      const there = await lorch([
        'data',
        'convert',
        'clean.jsonl',
        '--to',
        to ?? '',
        '-o',
        out ?? '',
        '--json',
      ]);
      expect(there.json()).toMatchObject({
        done: true,
        from: 'alpaca',
        to,
        rows: 3,
        written: 3,
        lost: {},
        dropped: {},
      });
      const back = await lorch(['data', 'convert', out ?? '', '--to', 'alpaca', '-o', '-']);
      expect(back.stdout).toBe(readFileSync(join(dir, 'clean.jsonl'), 'utf8'));
    }
    expect(Array.isArray(JSON.parse(readFileSync(join(dir, 'a.json'), 'utf8')))).toBe(true);
  });

  it('keeps fields beside the conversation', async () => {
    const { stdout } = await lorch(['data', 'convert', 'chat.jsonl', '--to', 'chatml', '-o', '-']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(chat);
  });

  it('refuses a loss by name, writes nothing, and does it where it is allowed', async () => {
    const refused = await lorch(['data', 'convert', 'chat.jsonl', '--to', 'sharegpt', '-o', 'lossy.jsonl']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('chat.jsonl:2:1 error D052');
    expect(refused.stderr).toContain('would be lost: tool call ids (1)');
    expect(existsSync(join(dir, 'lossy.jsonl'))).toBe(false);
    const allowed = await lorch([
      'data',
      'convert',
      'chat.jsonl',
      '--to',
      'sharegpt',
      '-o',
      'lossy.jsonl',
      '--allow-loss',
    ]);
    expect([allowed.exitCode, allowed.stderr]).toEqual([
      0,
      expect.stringContaining('lost: tool call ids (1)'),
    ]);
    expect(readFileSync(join(dir, 'lossy.jsonl'), 'utf8').trim().split('\n').length).toBe(2);
  });

  it('leaves out and names rows that the target cannot hold at all', async () => {
    const result = await lorch([
      'data',
      'convert',
      'chat.jsonl',
      '--to',
      'alpaca',
      '-o',
      'half.json',
      '--allow-loss',
      '--json',
    ]);
    expect(result.json()).toMatchObject({ done: true, rows: 2, written: 1, dropped: { D052: 1 } });
    expect((JSON.parse(readFileSync(join(dir, 'half.json'), 'utf8')) as unknown[]).length).toBe(1);
  });

  it('counts keys inside messages as a loss, as they have no place', async () => {
    put(
      'mood.jsonl',
      '{"messages":[{"role":"user","content":"Hi","mood":"good"},{"role":"assistant","content":"Hello."}]}\n',
    );
    const { exitCode, stderr } = await lorch(['data', 'convert', 'mood.jsonl', '--to', 'chatml', '-o', '-']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('the message key "mood"')]);
  });

  it('refuses rows with errors unless they may be dropped', async () => {
    const refused = await lorch(['data', 'convert', 'faulty.jsonl', '--to', 'chatml', '-o', 'f.jsonl']);
    expect([refused.exitCode, existsSync(join(dir, 'f.jsonl'))]).toEqual([1, false]);
    const dropped = await lorch([
      'data',
      'convert',
      'faulty.jsonl',
      '--to',
      'chatml',
      '-o',
      'f.jsonl',
      '--on-error',
      'drop',
      '--json',
    ]);
    expect(dropped.json()).toMatchObject({ done: true, rows: 8, written: 3, dropped: { D001: 1, D014: 4 } });
  });

  it('never overwrites, and leaves no half-written file behind', async () => {
    put('mine.jsonl', 'precious');
    const result = await lorch(['data', 'convert', 'clean.jsonl', '--to', 'chatml', '-o', 'mine.jsonl']);
    expect([result.exitCode, result.stderr]).toEqual([2, expect.stringContaining('D095')]);
    expect(readFileSync(join(dir, 'mine.jsonl'), 'utf8')).toBe('precious');
    expect(readdirSync(dir).filter((name) => name.includes('.partial'))).toEqual([]);
  });

  it('refuses what makes no sense', async () => {
    for (const args of [
      ['--to', 'mapping.yaml', '-o', 'x.jsonl'],
      ['--to', 'nonsense', '-o', 'x.jsonl'],
      ['--to', 'chatml'],
      ['--to', 'chatml', '-o', '-', '--json'],
      ['--to', 'chatml', '-o', 'x.jsonl', '--on-error', 'ignore'],
    ])
      expect([args, (await lorch(['data', 'convert', 'clean.jsonl', ...args])).exitCode]).toEqual([args, 2]);
    expect(existsSync(join(dir, 'x.jsonl'))).toBe(false);
  });
});

describe('an output named as a kind that is only read', () => {
  it.each(['out.csv', 'out.parquet', 'out.jsonl.gz'])('%s is refused, and not written', async (name) => {
    const { exitCode, stderr } = await lorch([
      'data',
      'convert',
      'clean.jsonl',
      '--to',
      'chatml',
      '-o',
      name,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('D096');
    expect(existsSync(join(dir, name))).toBe(false);
  });
});

describe('a file of which a part is missing', () => {
  const rows = Array.from({ length: 2000 }, (_, n) => alpaca(n)).join('\n');
  const whole = gzipSync(rows);
  writeFileSync(join(dir, 'damaged.jsonl.gz'), whole.subarray(0, whole.length / 2));

  it.each(['dedup', 'sample'])('is refused by data %s, and nothing is written', async (command) => {
    const out = `${command}-of-damaged.jsonl`;
    const { exitCode, stderr } = await lorch(['data', command, 'damaged.jsonl.gz', '-o', out]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/D056.*damaged\.jsonl\.gz: The gzip data is cut off/);
    expect(existsSync(join(dir, out))).toBe(false);
  });
});
