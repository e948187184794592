// `lorch data check` as a product: settings, baseline, fixes and every form of the report, as a user types them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from 'sarif';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/diagnostics/finding.ts';
import { type CliOptions, runCli } from '../../run-cli.ts';

const top = mkdtempSync(join(tmpdir(), 'lorch-check-'));
afterAll(() => rmSync(top, { recursive: true }));

let dir = '';
let number = 0;
beforeEach(() => {
  number += 1;
  dir = join(top, String(number));
  mkdirSync(dir);
});

const check = (args: string[], options: CliOptions = {}) =>
  runCli(['data', 'check', ...args], { cwd: dir, ...options });
const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
const get = (name: string) => readFileSync(join(dir, name), 'utf8');
const row = (n: number, output = `Answer ${n}.`, more = {}) =>
  JSON.stringify({ instruction: `Question ${n}?`, input: '', output, ...more });
const lines = (...rows: string[]) => rows.map((each) => `${each}\n`).join('');

describe('settings', () => {
  it('beside the dataset are found by themselves, said, and decide the exit code', async () => {
    put('rows.jsonl', lines(row(1), row(2, '')));
    expect((await check(['rows.jsonl'])).exitCode).toBe(1);
    put('rows.jsonl.checks.yaml', 'empty-answer: warning\n');
    const { exitCode, stdout } = await check(['rows.jsonl']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('warning D014');
    expect(stdout).toContain('settings from rows.jsonl.checks.yaml');
    expect(stdout).toContain('2 rows: 2 kept');
  });

  it('of lorch.yaml are weaker than those beside the dataset; --checks goes instead of these', async () => {
    put('lorch.yaml', 'checks:\n  D014: note\n  D050: error\n');
    put('rows.jsonl', lines(row(1), row(1), row(2, '')));
    const severities = async (...args: string[]) => {
      const { findings } = (await check(['rows.jsonl', '--json', ...args])).json() as { findings: Finding[] };
      return findings.map(({ code, severity }) => `${code} ${severity}`).sort();
    };
    expect(await severities()).toEqual(['D014 note', 'D050 error']);
    put('rows.jsonl.checks.yaml', 'D014: warning');
    expect(await severities()).toEqual(['D014 warning', 'D050 error']);
    put('mine.yaml', 'D014: {severity: off}');
    expect(await severities('--checks', 'mine.yaml')).toEqual(['D050 error']);
  });

  it('that are wrong stop the command with their place', async () => {
    put('rows.jsonl', lines(row(1)));
    put('rows.jsonl.checks.yaml', '# strict\nempty-anser: off\n');
    const { exitCode, stderr, stdout } = await check(['rows.jsonl']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('rows.jsonl.checks.yaml:2:1 error D094');
    expect(stderr).toContain('did you mean `empty-answer`?');
    put('rows.jsonl.checks.yaml', 'a: [');
    expect((await check(['rows.jsonl'])).stderr).toMatch(/rows\.jsonl\.checks\.yaml:1:\d+ error C005/);
    put('lorch.yaml', 'checks: [D014]\n');
    expect((await check(['rows.jsonl'])).stderr).toContain('lorch.yaml:1:9 error C011');
    expect((await check(['rows.jsonl', '--checks', 'none.yaml'])).exitCode).toBe(2);
  });

  it('of two datasets in one check must not differ', async () => {
    put('a.jsonl', lines(row(1)));
    put('b.jsonl', lines(row(2, '')));
    put('a.jsonl.checks.yaml', 'D014: warning');
    expect((await check(['a.jsonl', 'b.jsonl'])).exitCode).toBe(0);
    put('b.jsonl.checks.yaml', 'empty-answer: note');
    const { exitCode, stderr } = await check(['a.jsonl', 'b.jsonl']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('a.jsonl.checks.yaml and b.jsonl.checks.yaml set D014 differently');
  });

  it('cannot skip what rows cannot be read without', async () => {
    put('rows.jsonl', lines(row(1)));
    const { exitCode, stderr } = await check(['rows.jsonl', '--skip', 'D001']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('D001 invalid-json cannot be skipped');
  });

  it('give way to --only, --skip and --group for a quick look', async () => {
    put('rows.jsonl', lines('{oops', row(1), row(1), row(2, ''), row(3, 'x', { extra: 1 })));
    put('rows.jsonl.checks.yaml', 'D033: off');
    const codes = async (...args: string[]) => {
      const { counts } = (await check(['rows.jsonl', '--json', ...args])).json();
      return Object.keys(counts as object).sort();
    };
    // Rows that are no JSON cannot be left out.
    expect(await codes('--only', 'd014,unknown-key')).toEqual(['D001', 'D014', 'D033']);
    expect(await codes('--skip', 'D014')).toEqual(expect.not.arrayContaining(['D014', 'D033']));
    expect(await codes('--skip', 'D014')).toEqual(expect.arrayContaining(['D001', 'D050']));
    expect(await codes('--group', 'consistency')).toEqual(expect.arrayContaining(['D001']));
    expect(await codes('--group', 'consistency')).toEqual(expect.not.arrayContaining(['D014']));
    expect((await check(['rows.jsonl', '--only', 'D014'])).stdout).toContain('left out, as asked');
    expect((await check(['rows.jsonl', '--only', 'D999'])).exitCode).toBe(2);
    expect((await check(['rows.jsonl', '--group', 'all'])).exitCode).toBe(2);
  });
});

describe('a baseline', () => {
  const faulty = [row(1), '{oops', row(2, ''), row(3, ''), row(1)];

  it('accepts what was there, by row and not by line; only new errors fail', async () => {
    put('rows.jsonl', lines(...faulty));
    const wrote = await check(['rows.jsonl', '--write-baseline', 'base.jsonl']);
    expect(wrote.exitCode).toBe(0);
    expect(wrote.stdout.trimEnd()).toMatch(
      /Baseline base.jsonl written: it accepts 4 findings, 3 of them errors.$/,
    );
    expect(wrote.stdout).not.toContain('Not ready');
    expect(wrote.stderr).toContain('next: lorch data check rows.jsonl --baseline base.jsonl');
    const moved = lines(row(9), ...[...faulty].reverse());
    put('rows.jsonl', moved);
    const same = await check(['rows.jsonl', '--baseline', 'base.jsonl']);
    expect(same.exitCode).toBe(0);
    expect(same.stdout).toContain('accepted by base.jsonl: 3 errors, 1 warning');
    expect(same.stdout).not.toContain('error D014');
    put('rows.jsonl', moved + lines(row(7, '')));
    const { exitCode, stdout } = await check(['rows.jsonl', '--baseline', 'base.jsonl']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('rows.jsonl:7:50 error D014');
    expect(stdout).toContain('Not ready: 1 new error');
  });

  it('accepts each finding once: a second copy of a faulty row is new', async () => {
    put('rows.jsonl', lines(...faulty));
    await check(['rows.jsonl', '--write-baseline', 'base.jsonl']);
    put('rows.jsonl', lines(...faulty, row(2, '')));
    const { findings, baseline } = (
      await check(['rows.jsonl', '--baseline', 'base.jsonl', '--json'])
    ).json() as { findings: Finding[]; baseline: unknown };
    expect(findings.map(({ code, at }) => [code, at?.line])).toEqual([['D014', 6]]);
    expect(baseline).toEqual({ file: 'base.jsonl', accepted: { error: 3, warning: 1 }, stale: {} });
  });

  it('names entries that are no longer found, and is the same file for the same findings', async () => {
    put('rows.jsonl', lines(...faulty));
    await check(['rows.jsonl', '--write-baseline', 'base.jsonl']);
    put('rows.jsonl', lines(...[...faulty].reverse()));
    // The later of two equal rows repeats the earlier one, whichever it is.
    await check(['rows.jsonl', '--write-baseline', 'again.jsonl']);
    expect(get('again.jsonl')).toBe(get('base.jsonl'));
    put('rows.jsonl', lines(row(1), row(3, '')));
    const { stdout } = await check(['rows.jsonl', '--baseline', 'base.jsonl']);
    expect(stdout).toContain('3 that it accepts are no longer found (1 D001, 1 D014, 1 D050)');
    // What was left out may still be there.
    const skipped = await check(['rows.jsonl', '--baseline', 'base.jsonl', '--skip', 'D014']);
    expect(skipped.stdout).toContain('2 that it accepts are no longer found (1 D001, 1 D050)');
  });

  it('lists findings on the file itself by file', async () => {
    put('rows.json', `[${row(1)},${row(2)}`);
    expect((await check(['rows.json'])).exitCode).toBe(1);
    await check(['rows.json', '--write-baseline', 'base.jsonl']);
    expect((await check(['rows.json', '--baseline', 'base.jsonl'])).exitCode).toBe(0);
    expect(get('base.jsonl')).toContain('{"code":"D008","file":"rows.json"}');
  });

  it('fails on new warnings where --new warning asks for it', async () => {
    put('rows.jsonl', lines(row(1), row(1)));
    const args = ['rows.jsonl', '--baseline', 'base.jsonl', '--new', 'warning'];
    await check(['rows.jsonl', '--write-baseline', 'base.jsonl']);
    expect((await check(args)).exitCode).toBe(0);
    put('rows.jsonl', lines(row(1), row(1), row(1)));
    expect((await check(args)).exitCode).toBe(1);
    expect((await check(args.slice(0, 3))).exitCode).toBe(0);
  });

  it('that replaces another says what changed; no other file is overwritten', async () => {
    put('rows.jsonl', lines(...faulty));
    await check(['rows.jsonl', '--write-baseline', 'base.jsonl']);
    put('rows.jsonl', lines(row(1), row(3, ''), row(4, '')));
    const again = await check(['rows.jsonl', '--write-baseline', 'base.jsonl']);
    expect(again.stdout).toContain('It replaces the earlier one: 1 kept, 1 added, 3 removed.');
    const json = (await check(['rows.jsonl', '--write-baseline', 'base.jsonl', '--json'])).json();
    expect(json).toMatchObject({
      written_baseline: { file: 'base.jsonl', findings: 2, replaced: { kept: 2, added: 0, removed: 0 } },
    });
    put('notes.txt', 'read this\n');
    const refused = await check(['rows.jsonl', '--write-baseline', 'notes.txt']);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('is not a baseline')]);
    expect(get('notes.txt')).toBe('read this\n');
  });

  it('that is missing or something else is refused', async () => {
    put('rows.jsonl', lines(row(1)));
    const missing = await check(['rows.jsonl', '--baseline', 'none.jsonl']);
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('D198')]);
    const dataset = await check(['rows.jsonl', '--baseline', 'rows.jsonl']);
    expect(dataset.stderr).toContain('rows.jsonl:1 is not a line of a baseline');
  });
});

describe('reports', () => {
  const secret = `hf_${'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z'}`;
  const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>';

  it('of every kind come from one run, and are replaced each time', async () => {
    put('rows.jsonl', lines(row(1), row(2, ''), row(3, hostile, { [hostile]: 1 })));
    const args = [
      'rows.jsonl',
      '--html',
      'r.html',
      '--sarif',
      'r.sarif',
      '--write-baseline',
      'b.jsonl',
      '--json',
    ];
    // The first of all has no baseline to compare with.
    await check(args);
    const first = await check(args);
    const files = ['r.html', 'r.sarif', 'b.jsonl'].map(get);
    expect((await check(args)).stdout).toBe(first.stdout);
    expect(['r.html', 'r.sarif', 'b.jsonl'].map(get)).toEqual(files);
    // No half-written file is left.
    expect(readdirSync(dir).sort()).toEqual(['b.jsonl', 'r.html', 'r.sarif', 'rows.jsonl']);
    expect(first.stderr).toContain('wrote r.html\nwrote r.sarif\n');
  });

  it('never go over a dataset', async () => {
    put('rows.jsonl', lines(row(1)));
    for (const flag of ['--html', '--sarif', '--write-baseline'])
      expect((await check(['rows.jsonl', flag, './rows.jsonl'])).stderr).toContain('D095');
    expect(get('rows.jsonl')).toBe(lines(row(1)));
  });

  it('for a folder that is not there are refused before a row is read', async () => {
    put('rows.jsonl', lines(row(1)));
    const { exitCode, stdout, stderr } = await check(['rows.jsonl', '--html', 'out/r.html']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('out/r.html cannot be written: its folder does not exist');
  });

  it('as HTML escape the text of the dataset and allow no other script', async () => {
    put('rows.jsonl', lines(row(1), row(2, '', { [hostile]: hostile }), row(3, hostile, { [hostile]: 1 })));
    await check(['rows.jsonl', '--html', 'r.html']);
    const html = get('r.html');
    expect(html).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^"]+' *; script-src 'sha256-/,
    );
    expect(html).toMatch(/<pre>.*<mark>&quot;&quot;<\/mark>.*<\/pre>/);
    expect(html).not.toMatch(/ style=| on\w+="|https?:/);
  });

  it('as HTML show the rows of checks over all rows too', async () => {
    const rows = Array.from({ length: 40 }, (_, n) =>
      row(n, `Answer ${n} is long enough.`, { instruction: `Question of chapter ${n < 5 ? 0 : n}?` }),
    );
    put('rows.jsonl', lines(...rows));
    await check(['rows.jsonl', '--html', 'r.html', '--group', 'consistency']);
    const articles = get('r.html').match(/<article>.*?<\/article>/gs) ?? [];
    expect(articles.length).toBeGreaterThan(0);
    for (const each of articles) expect(each).toMatch(/<pre>.*Question.*<\/pre>/s);
  });

  it('as HTML show so many places of a check and say how many there are', async () => {
    put('rows.jsonl', lines(...Array.from({ length: 130 }, (_, n) => row(n, ''))));
    await check(['rows.jsonl', '--html', 'r.html']);
    expect(get('r.html').match(/<article>/g)).toHaveLength(100);
    expect(get('r.html')).toContain('100 of 130 findings are in this file');
  });

  it('as SARIF have rules, levels, regions and fingerprints of rows', async () => {
    mkdirSync(join(dir, 'data set'));
    put('data set/rows.jsonl', lines(row(1), row(2, ''), row(1)));
    await check(['data set/rows.jsonl', '--sarif', 'r.sarif']);
    const log = JSON.parse(get('r.sarif')) as Log;
    const [run] = log.runs;
    expect([log.version, run?.columnKind]).toEqual(['2.1.0', 'utf16CodeUnits']);
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(['D014', 'D050']);
    expect(run?.tool.driver.rules?.[0]?.help?.text).toContain('Hint:');
    expect(run?.results?.[0]).toMatchObject({
      ruleId: 'D014',
      ruleIndex: 0,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'data%20set/rows.jsonl' },
            region: { startLine: 2, startColumn: 50 },
          },
        },
      ],
    });
    const prints = run?.results?.map((each) => each.partialFingerprints?.['lorchRow/v1']);
    put('data set/rows.jsonl', lines(row(5), row(1), row(1), row(2, '')));
    await check(['data set/rows.jsonl', '--sarif', 'r.sarif']);
    const moved = (JSON.parse(get('r.sarif')) as Log).runs[0]?.results ?? [];
    expect(moved.map((each) => each.partialFingerprints?.['lorchRow/v1'])).toEqual(prints);
    expect(moved[0]?.locations?.[0]?.physicalLocation?.region?.startLine).toBe(4);
  });

  it('of every kind mask secrets', async () => {
    put('rows.jsonl', lines(row(1), row(2, '', { [secret]: secret }), `{"token":"${secret}`));
    const { stdout } = await check([
      'rows.jsonl',
      '--html',
      'r.html',
      '--sarif',
      'r.sarif',
      '--json',
      '--fix',
    ]);
    const plain = await check(['rows.jsonl', '--fix']);
    const all = [stdout, get('r.html'), get('r.sarif'), plain.stdout, (await check(['rows.jsonl'])).stdout];
    for (const text of all) {
      expect(text).toContain('D001');
      expect(text).not.toContain(secret.slice(5, 25));
    }
  });

  it('in the terminal fit its width, and end in one line that says whether the dataset is ready', async () => {
    put('rows.jsonl', lines(row(1), row(2, ''), row(1), row(3, 'x', { a_key_of_some_length: 1 })));
    for (const columns of [60, 100, 160]) {
      const { stdout } = await check(['rows.jsonl'], { tty: true, columns });
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe('Not ready: 1 error; 2 of 4 rows can be trained on.');
    }
    put('rows.jsonl', lines(row(1), row(2)));
    expect((await check(['rows.jsonl'])).stdout.trimEnd().split('\n').at(-1)).toBe('Ready: no errors.');
  });

  it('--json and --ndjson exclude each other, and -o needs --fix', async () => {
    put('rows.jsonl', lines(row(1)));
    expect((await check(['rows.jsonl', '--json', '--ndjson'])).exitCode).toBe(2);
    expect((await check(['rows.jsonl', '-o', 'x.jsonl'])).exitCode).toBe(2);
  });
});
