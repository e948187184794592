// What fits a terminal of some width: tables, help, next commands, progress, and the list of row findings.
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderDigest, renderErrors } from '../../../src/cli/ui/findings-digest.ts';
import { fitHelp } from '../../../src/cli/ui/help-text.ts';
import { renderNext } from '../../../src/cli/ui/next.ts';
import { fitLine, progressLines } from '../../../src/cli/ui/progress.ts';
import { droppedColumns, renderTable } from '../../../src/cli/ui/table.ts';
import { fitText, fittedStream } from '../../../src/cli/ui/wrap.ts';
import type { Finding } from '../../../src/diagnostics/finding.ts';

const terminal = (columns: number) => ({ isTTY: true, color: false, columns });
const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('a table on a narrow terminal', () => {
  const columns = [
    { title: 'run' },
    { title: 'name', drop: 2 },
    { title: 'loss', align: 'right' as const, drop: 1 },
  ];
  const rows = [['20260102-030405-first-0a1b', 'first', '0.5']];

  it('drops the columns that matter least and keeps the id whole', () => {
    const text = renderTable(columns, rows, terminal(33));
    expect(text.split('\n')[1]).toBe('20260102-030405-first-0a1b   0.5');
    expect(droppedColumns(columns, rows, terminal(33))).toEqual(['name']);
    expect(droppedColumns(columns, rows, terminal(80))).toEqual([]);
  });

  it('breaks what is still too wide, and loses no letter', () => {
    const long = 'a-name-without-any-space-in-it-at-all';
    const text = renderTable([{ title: '' }, { title: 'value' }], [['setting', long]], terminal(30));
    expect(widest(text)).toBeLessThanOrEqual(30);
    expect(text.replaceAll(/\s/g, '')).toContain(long.slice(0, 15));
    const [, ...lines] = text.split('\n');
    expect(lines.map((line) => line.slice(7).trim()).join('')).toBe(long);
  });

  it('breaks a name after a dot, dash or underscore', () => {
    const text = renderTable(
      [{ title: 'training.learning_rate' }],
      [['trained_tokens_per_second']],
      terminal(16),
    );
    expect(text).toBe('training.\nlearning_rate\ntrained_tokens_\nper_second\n');
  });

  it('is aligned or tab-separated in a pipe, as the command says', () => {
    const pipe = { isTTY: false, color: false, columns: 20 };
    expect(renderTable(columns, rows, pipe)).toContain('0a1b\tfirst\t0.5\n');
    expect(renderTable(columns, rows, { ...pipe, tabs: false })).toContain('0a1b  first   0.5\n');
  });
});

describe('help on a narrow terminal', () => {
  it('breaks sentences between words, and commands with a backslash', () => {
    const text = fitHelp(
      'A sentence that is longer than the line.\n  lorch data check a.jsonl --tokenizer some/model --max-length 2048\n  lorch runs                 what there is to see\n',
      34,
    );
    expect(widest(text)).toBeLessThanOrEqual(34);
    expect(text.split('\n')).toEqual([
      'A sentence that is longer than the',
      'line.',
      '  lorch data check a.jsonl \\',
      '      --tokenizer some/model \\',
      '      --max-length 2048',
      '  lorch runs',
      '      what there is to see',
      '',
    ]);
  });
});

describe('the next commands', () => {
  const commands = ['lorch show 20260102-030405-first-0a1b', 'lorch try 20260102-030405-first-0a1b'];
  it('stand on one line if it has room, else on one each, so that each can be copied', () => {
    expect(renderNext(commands, terminal(120))).toBe(`next: ${commands.join('  ·  ')}\n`);
    expect(renderNext(commands, terminal(60))).toBe(`next:\n  ${commands.join('\n  ')}\n`);
    expect(renderNext(commands, { ...terminal(20), isTTY: false })).toBe(`next: ${commands.join('  ·  ')}\n`);
  });
});

describe('a command longer than the terminal', () => {
  it('continues after a backslash, never inside quotes', () => {
    expect(renderNext(["lorch data review 'my data/rows of today.jsonl' --rows 50"], terminal(40))).toBe(
      "next:\n  lorch data review \\\n      'my data/rows of today.jsonl' \\\n      --rows 50\n",
    );
    expect(fitText('undo: lorch data dedup --undo a.undo.jsonl -o FILE', terminal(40))).toBe(
      'undo:\n  lorch data dedup --undo a.undo.jsonl \\\n      -o FILE',
    );
    const run = `20260102-030405-a-long-name-of-a-run-0a1b`;
    expect(renderNext([`lorch resume ${run}`], terminal(44))).toBe(`next:\n  lorch resume \\\n ${run}\n`);
  });
});

describe('sentences on a terminal', () => {
  it('break between words, and go on at the indent they began with', () => {
    expect(fitText('short\n  a line that is a bit too long', terminal(21))).toBe(
      'short\n  a line that is a\n  bit too long',
    );
    expect(fitText('a line that is too long', { isTTY: false, columns: 10 })).toBe('a line that is too long');
  });

  it('are written to stderr by all code', () => {
    const written: string[] = [];
    const stream = { ...terminal(20), write: (text: string) => void written.push(text) };
    fittedStream(stream).write('a sentence of more than one line\n');
    expect(written.join('')).toBe('a sentence of more\nthan one line\n');
  });

  it('are joined before they break, if the source broke them', () => {
    const help = 'One sentence that the source of the help broke\nin two. Another.\n';
    expect(fitHelp(help, 40)).toBe('One sentence that the source of the help\nbroke in two. Another.\n');
  });
});

describe('a line of progress', () => {
  it('is the longest form that fits', () => {
    const lines = ['run ━━━━━ step 1/9 · loss 2 · 3 m left', 'step 1/9 · 3 m left', '1/9'];
    expect(fitLine(lines, 80)).toBe(lines[0]);
    expect(fitLine(lines, 25)).toBe(lines[1]);
    expect(fitLine(lines, 3)).toBe('1/');
  });

  it('shows a rate only while there is one', () => {
    const at = (done: number, total: number | null, atMs: number) => ({ done, total, note: undefined, atMs });
    expect(progressLines('rows', 10_000, at(50, null, 9_000), false)[0]).toBe('rows 50 · 5.6/s');
    expect(progressLines('rows', 30_000, at(50, null, 9_000), false)[0]).toBe('rows 50 · 30 s');
    expect(progressLines('rows', 10_000, at(50, 50, 9_900), false)[0]).toBe('rows 50 · 10 s');
    expect(progressLines('rows', 10_000, at(25, 50, 10_000), false)[0]).toContain(
      '25/50 · 2.5/s · 10 s left',
    );
  });
});

describe('the findings of a plan', () => {
  const onRows = (code: string, name: string, rows: number): Finding => ({
    code,
    name,
    severity: 'warning',
    message: `${rows} times, first: something`,
    hint: 'do something',
    at: { file: 'data/rows.jsonl', line: 7, column: 3 },
    data: { rows },
  });
  const advice: Finding = { code: 'A009', name: 'few-steps', severity: 'note', message: '48 steps are few' };
  const review: Finding = { code: 'P008', name: 'not-reviewed', severity: 'note', message: 'no review' };
  const three = [
    onRows('D014', 'empty-answer', 1200),
    onRows('D050', 'exact-duplicate', 2),
    onRows('D001', 'x', 1),
  ];

  it('on rows are a line a code, with the command that shows them all', () => {
    const text = renderDigest([...three, advice, review], ['data/rows.jsonl'], terminal(80));
    expect(text.split('\n')).toEqual([
      'Rows with findings, by check:',
      '  warning D014 empty-answer     1,200  first data/rows.jsonl:7',
      '  warning D050 exact-duplicate      2  first data/rows.jsonl:7',
      '  warning D001 x                    1  first data/rows.jsonl:7',
      '  see each: lorch data check data/rows.jsonl',
      'note A009 few-steps',
      '  48 steps are few',
      '',
    ]);
  });

  it('that stop the run are shown in full', () => {
    const error: Finding = { ...onRows('D014', 'empty-answer', 3), severity: 'error' };
    const text = renderDigest([error, ...three], ['data/rows.jsonl'], terminal(80));
    expect(text).toContain('data/rows.jsonl:7:3 error D014 empty-answer\n');
    expect(text).toContain('hint: do something');
  });

  it('are errors only under --quiet, with how many others there are', () => {
    expect(renderErrors([...three, advice], terminal(80))).toBe('4 findings not shown (--quiet)\n');
  });
});
