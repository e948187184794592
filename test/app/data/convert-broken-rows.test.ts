// `lorch data convert` with losses: no row that lorch itself refuses, and no success without a row.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-convert-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (...args: string[]) => runCli(['data', ...args], { cwd: dir });
const put = (name: string, ...rows: object[]) =>
  writeFileSync(join(dir, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

const called = {
  messages: [
    { role: 'user', content: 'How late is it in Oslo?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'time', arguments: { city: 'Oslo' } } }],
    },
    { role: 'tool', content: '9:00', tool_call_id: 'a' },
    { role: 'assistant', content: 'It is nine.' },
  ],
};
const plain = {
  messages: [
    { role: 'user', content: 'Open today?', name: 'Ann' },
    { role: 'assistant', content: 'Until six.' },
  ],
};

it('leaves out a row that would be broken, and keeps the others', async () => {
  put('two.jsonl', called, plain);
  const { exitCode, stderr } = await lorch(
    'convert',
    'two.jsonl',
    '--to',
    'chatml-text',
    '--allow-loss',
    '-o',
    'two.out.jsonl',
  );
  expect(exitCode).toBe(0);
  expect(stderr).toContain('D014 empty-answer');
  expect(stderr).toContain('1 of 2 rows');
  expect(readFileSync(join(dir, 'two.out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(1);
  expect((await lorch('check', 'two.out.jsonl')).exitCode).toBe(0);
});

it('fails if no row is left', async () => {
  put('one.jsonl', called);
  for (const to of ['chatml-text', 'alpaca']) {
    const { exitCode, stderr } = await lorch(
      'convert',
      'one.jsonl',
      '--to',
      to,
      '--allow-loss',
      '-o',
      `one.${to}.jsonl`,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nothing was written: no row is left');
    expect(existsSync(join(dir, `one.${to}.jsonl`))).toBe(false);
  }
});

it('writes again after the output was deleted, by any command that writes a dataset', async () => {
  put('rows.jsonl', plain, {
    messages: [
      { role: 'user', content: 'Bikes?' },
      { role: 'assistant', content: 'Five of them.' },
    ],
  });
  for (const args of [
    ['convert', 'rows.jsonl', '--to', 'chatml', '-o'],
    ['sample', 'rows.jsonl', '-n', '1', '-o'],
  ]) {
    const out = `${args[0]}.out.jsonl`;
    expect((await lorch(...args, out)).exitCode).toBe(0);
    expect((await lorch(...args, out)).exitCode).toBe(2);
    rmSync(join(dir, out));
    expect((await lorch(...args, out)).exitCode).toBe(0);
  }
  // Somebody else's file of that name stays.
  writeFileSync(join(dir, 'own.jsonl.lineage.json'), '{"lorch":1,"file":"other.jsonl"}');
  expect((await lorch('convert', 'rows.jsonl', '--to', 'chatml', '-o', 'own.jsonl')).exitCode).toBe(2);
  expect(existsSync(join(dir, 'own.jsonl.lineage.json'))).toBe(true);
});
