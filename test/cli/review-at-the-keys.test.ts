// A whole review as a person does it: a real process in a real pseudo-terminal, killed in the middle and resumed.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/dataset/review/entries.ts';
import { buildCli } from './build-cli.ts';
import { hasPython, openPseudoTerminal, type PseudoTerminal } from './pseudo-terminal.ts';

// Faster than that, a key is taken for one that is held down.
const keyMs = 90;

describe.skipIf(!hasPython)('a review at the keys', () => {
  let dir: string;
  let cli: ReturnType<typeof buildCli>;
  beforeAll(() => {
    cli = buildCli();
    dir = mkdtempSync(join(tmpdir(), 'lorch-keys-'));
    writeFileSync(join(dir, 'editor.py'), editor);
    chmodSync(join(dir, 'editor.py'), 0o755);
  });
  afterAll(() => {
    cli.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const dataset = (name: string, rows: string[]): void => writeFileSync(join(dir, name), rows.join('\n'));
  const open = (args: string[], columns = 100, rows = 30, env: Record<string, string> = {}): PseudoTerminal =>
    openPseudoTerminal([process.execPath, cli.bin, 'data', 'review', ...args], {
      columns,
      rows,
      cwd: dir,
      env: {
        PATH: process.env.PATH,
        HOME: dir,
        TERM: 'xterm-256color',
        USER: 'ann',
        EDITOR: `${join(dir, 'editor.py')} --mend`,
        ...env,
      },
    });
  const log = (name: string): LogEntry[] =>
    readFileSync(join(dir, `${name}.review.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogEntry);
  const verdicts = (name: string) => log(name).flatMap((entry) => (entry.type === 'verdict' ? [entry] : []));
  const press = async (terminal: PseudoTerminal, key: string, pattern: string): Promise<string[]> => {
    await sleep(keyMs);
    await terminal.send(key);
    return await terminal.until(pattern);
  };

  it('reads 50 rows: accepted, rejected, edited, skipped and taken back; killed and resumed in the middle', async () => {
    dataset('a.jsonl', chats(200));
    const first = open(['a.jsonl']);
    await first.until('1 of 50');
    for (let n = 1; n <= 20; n += 1) await press(first, 'a', `${n + 1} of 50`);
    // The verdict is on disk when the next row shows: nothing that was seen is lost.
    await first.signal(9);
    expect((await first.exit()).code).toBe(-9);
    expect(verdicts('a.jsonl').length).toBe(20);

    const second = open(['a.jsonl']);
    expect((await second.until('21 of 50')).join('\n')).toContain('20 read');
    await press(second, 'r', '1 duplicate .*7 other');
    await press(second, '\u001b', 'not rejected');
    await press(second, 'r', 'reject, because');
    expect((await press(second, '4', '22 of 50')).join('\n')).toContain('1 defect');
    await press(second, 'u', '21 of 50');
    expect(verdicts('a.jsonl').at(-1)).toMatchObject({ verdict: 'reject', reason: 'wrong', position: 20 });
    expect(log('a.jsonl').at(-1)).toMatchObject({ type: 'undo' });
    await press(second, 'u', '20 of 50');
    await press(second, 'a', '21 of 50');
    await press(second, 'e', '22 of 50');
    expect(verdicts('a.jsonl').at(-1)).toMatchObject({ verdict: 'edit' });
    expect(verdicts('a.jsonl').at(-1)?.edit?.text).toContain('mended');
    await press(second, 'n', 'note:');
    await press(second, 'looks odd', 'note: looks odd');
    await press(second, '\r', 'ann notes: looks odd');
    await press(second, 's', '23 of 50');
    for (let n = 23; n < 50; n += 1) await press(second, 'a', `${n + 1} of 50`);
    // The row that was passed over comes back last.
    const done = (await press(second, 'a', '50 rows that were asked for')).join('\n');
    expect(done).toContain('1 skipped row counts');
    await press(second, 's', '22 of 50');
    await press(second, 'a', 'the limit of 10 % is met');
    await press(second, 'q', 'next:');
    const { code, screen, written } = await second.exit();
    expect(code).toBe(0);
    expect(screen.join('\n')).toContain('50 rows read · 1 defect · at most 9.1 % (95 %)');
    expect(screen.join('\n')).toContain('next: lorch data review a.jsonl --finish -o NEW.jsonl');
    // The screen, the cursor and pasting are given back.
    for (const end of ['\u001b[?1049l', '\u001b[?25h', '\u001b[?2004l']) expect(written).toContain(end);
  });

  it('fits a narrow window, a low one, and one that is dragged', async () => {
    dataset('b.jsonl', chats(80, '日本語の長い文章をここに書きます。'.repeat(12)));
    const terminal = open(['b.jsonl'], 60, 20);
    const fits = (screen: string[], columns: number, rows: number): void => {
      expect(screen.length).toBeLessThanOrEqual(rows);
      for (const line of screen) expect(stringWidth(line)).toBeLessThan(columns);
    };
    fits(await terminal.until('1 of 50'), 60, 20);
    expect((await press(terminal, ' ', 'lines [2-9]')).join('\n')).toContain('of');
    await terminal.resize(30, 8);
    await sleep(300);
    fits(await press(terminal, '?', 'any key'), 30, 8);
    await terminal.resize(140, 40);
    await sleep(300);
    fits(await press(terminal, 'x', 'b.jsonl'), 140, 40);
    await press(terminal, '\u0003', 'next:');
    expect((await terminal.exit()).code).toBe(0);
  });

  it('shows five views of a row, and no escape sequence from a dataset', async () => {
    dataset('c.jsonl', chats(60, '\\ufffd red \\u001b[31m text\\u202e and \\u0007 bell  '));
    const terminal = open(['c.jsonl'], 100, 40, { NO_COLOR: '1' });
    const turns = (await terminal.until('\\[turns\\]')).join('\n');
    expect(turns).toContain('red \\x1b[31m text\\u202e and \\x07 bell··');
    expect((await press(terminal, '\t', '\\[raw\\]')).join('\n')).toContain('"role": "user"');
    expect((await press(terminal, '\t', '\\[model\\]')).join('\n')).toContain('--tokenizer MODEL');
    expect((await press(terminal, '\t', '\\[findings \\d+\\]')).join('\n')).toContain('D036');
    expect((await press(terminal, '\t', '\\{\\+')).join('\n')).toContain('[near 3]');
    await press(terminal, '\u001b[Z', '\\[findings \\d+\\]');
    await terminal.send('q');
    const { written } = await terminal.exit();
    expect(written).not.toContain('\u001b[31m');
    expect(written).not.toContain('\u0007');
  });

  it('judges nothing by a key that is held down or by text that is pasted', async () => {
    dataset('d.jsonl', chats(60));
    const terminal = open(['d.jsonl']);
    await terminal.until('1 of 50');
    await terminal.send('a'.repeat(30));
    await terminal.until('2 of 50');
    await sleep(200);
    await terminal.send('\u001b[200~arbitrary easy stuff\u001b[201~');
    await sleep(200);
    await terminal.send('j');
    await sleep(200);
    await terminal.send('q');
    await terminal.exit();
    expect(verdicts('d.jsonl').length).toBe(1);
  });

  it('says why an edit is not taken, and lets a person try again or give up', async () => {
    dataset('e.jsonl', chats(60));
    const terminal = open(['e.jsonl'], 100, 30, { EDITOR: `${join(dir, 'editor.py')} --empty` });
    await terminal.until('1 of 50');
    expect((await press(terminal, 'e', 'edit was not saved')).join('\n')).toContain('D014');
    await press(terminal, '\u001b', '1 of 50');
    await terminal.send('q');
    await terminal.exit();
    const broken = open(['e.jsonl'], 100, 30, { EDITOR: 'no-such-editor-anywhere' });
    await broken.until('1 of 50');
    await press(broken, 'e', 'there is no program no-such-editor-anywhere');
    await broken.send('q');
    await broken.exit();
    expect(existsSync(join(dir, 'e.jsonl.review.jsonl'))).toBe(false);
  });
});

const editor = `#!/usr/bin/env python3
import json, sys
how, path = sys.argv[1:]
row = json.load(open(path))
row["messages"][-1]["content"] = "mended" if how == "--mend" else ""
json.dump(row, open(path, "w"), indent=4)
`;

function chats(count: number, extra = ''): string[] {
  return Array.from(
    { length: count },
    (_, n) =>
      `{"messages":[{"role":"user","content":"Please tell me about item number ${n}. ${extra}"},{"role":"assistant","content":"Item ${n} is good."}]}`,
  );
}
