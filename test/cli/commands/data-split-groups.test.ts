// `lorch data split` with rows that belong together: by a field, and by conversations that grow from row to row.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-groups-'));
afterAll(() => rmSync(dir, { recursive: true }));
const lorch = (args: string[]) => runCli(['data', 'split', ...args], { cwd: dir });
const put = (name: string, rows: readonly unknown[]) =>
  writeFileSync(join(dir, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
const lines = (name: string) =>
  readFileSync(join(dir, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

interface Row {
  messages: { role: string; content: string }[];
  meta: { user: string | null };
  chat_id?: number;
}
const turn = (chat: number, n: number) => [
  { role: 'user', content: `Order ${chat}: what about item ${n}?` },
  { role: 'assistant', content: `Item ${n} of order ${chat} leaves on day ${n + chat}.` },
];
// 24 orders in three states each, of eight users; every fourth has no user.
const rows: Row[] = Array.from({ length: 72 }, (_, i) => {
  const [chat, turns] = [Math.floor(i / 3), (i % 3) + 1];
  return {
    messages: Array.from({ length: turns }, (_each, n) => turn(chat, n)).flat(),
    meta: { user: chat % 4 === 3 ? null : `u${chat % 8}` },
    chat_id: chat,
  };
});
put('rows.jsonl', rows);
put(
  'bare.jsonl',
  rows.map(({ messages }) => ({ messages })),
);

const both = (out: string, value: (row: Row) => unknown) => {
  const [train, held] = ['train', 'validation'].map(
    (side) => new Set(lines(`${out}/${side}.jsonl`).map((line) => value(JSON.parse(line) as Row))),
  ) as [Set<unknown>, Set<unknown>];
  return [...held].filter((each) => each !== null && each !== undefined && train.has(each));
};
const order = ({ messages }: Row) => messages[0]?.content;

describe('the plain split', () => {
  it('says which fields and which conversations it divides', async () => {
    const { json, stderr } = await lorch(['rows.jsonl', '--validation', '0.2', '-o', 'plain', '--json']);
    const { leaks } = json() as { leaks: { code: string; data: Record<string, unknown> }[] };
    const divided = both('plain', ({ chat_id: id }) => id).length;
    expect(divided).toBeGreaterThan(3);
    expect(leaks.map(({ code, data }) => [code, data.field, data.on_both_sides])).toEqual([
      ['D170', 'chat_id', divided],
      ['D171', undefined, undefined],
    ]);
    expect(stderr).not.toContain('user');
    const told = await lorch(['rows.jsonl', '--validation', '0.2', '-o', 'told']);
    expect(told.stderr).toMatch(/warning D170[\s\S]*group_by: chat_id[\s\S]*warning D171[\s\S]*growing/);
    expect(told.exitCode).toBe(0);
  });

  it('says nothing of rows that stand alone', async () => {
    put(
      'alone.jsonl',
      rows.map((_, i) => ({ messages: turn(i, 0), document_id: `d${i}`, url: 'https://example.org' })),
    );
    const { json } = await lorch(['alone.jsonl', '--validation', '0.2', '-o', 'alone', '--json']);
    expect(json()).toMatchObject({ leaks: [], groups: [] });
  });
});

describe('--group-by', () => {
  it('keeps the rows of one value together, and says how many there are', async () => {
    const { json } = await lorch([
      ...['rows.jsonl', '--validation', '0.2', '--group-by', 'chat_id', '-o', 'chats', '--json'],
    ]);
    expect(json()).toMatchObject({ leaks: [], groups: [{ field: 'chat_id', groups: 24, without: 0 }] });
    expect(both('chats', ({ chat_id: id }) => id)).toEqual([]);
    expect(lines('chats/validation.jsonl')).toHaveLength(15);
    const lineage = JSON.parse(readFileSync(join(dir, 'chats/train.jsonl.lineage.json'), 'utf8'));
    expect(lineage).toMatchObject({ made_by: { options: { group_by: ['chat_id'] } } });
  });

  it('takes a path and several fields; rows without a value are groups of their own', async () => {
    const args = ['rows.jsonl', '--validation', '0.3', '-o'];
    await lorch([...args, 'users', '--group-by', 'meta.user']);
    expect(both('users', ({ meta }) => meta.user)).toEqual([]);
    expect(both('users', order).length).toBeGreaterThan(0);
    const joined = await lorch([...args, 'joined', '--group-by', 'meta.user', 'chat_id', '--json']);
    expect(joined.json()).toMatchObject({
      groups: [
        { field: 'meta.user', groups: 6, without: 18 },
        { field: 'chat_id', groups: 24, without: 0 },
      ],
    });
    expect(both('joined', ({ meta }) => meta.user)).toEqual([]);
    expect(both('joined', order)).toEqual([]);
  });

  it('growing: keeps rows together that continue each other, without any field', async () => {
    await lorch(['bare.jsonl', '--validation', '0.2', '-o', 'divided']);
    expect(both('divided', order).length).toBeGreaterThan(3);
    const { json } = await lorch(['bare.jsonl', '--group-by', 'growing', '-o', 'grown', '--json']);
    expect(json()).toMatchObject({ leaks: [] });
    expect(both('grown', order)).toEqual([]);
  });

  it('moves no group when others come in, but for one at the border', async () => {
    put('fewer.jsonl', rows.slice(0, 60));
    await lorch(['fewer.jsonl', '--validation', '0.2', '--group-by', 'chat_id', '-o', 'fewer']);
    const chats = (name: string) => new Set(lines(name).map((line) => (JSON.parse(line) as Row).chat_id));
    const [before, after] = [chats('fewer/validation.jsonl'), chats('chats/validation.jsonl')];
    expect([...before].filter((chat) => !after.has(chat)).length).toBeLessThanOrEqual(2);
  });

  it('joins groups that share a duplicate', async () => {
    const same = { messages: turn(99, 0) };
    const other = (id: string, n: number) => ({ messages: turn(200 + n, n), doc_id: id });
    put('shared.jsonl', [
      ...Array.from({ length: 20 }, (_, n) => [other(`d${n}`, n), { ...same, doc_id: `d${n}`, n }]).flat(),
      ...Array.from({ length: 20 }, (_, n) => other(`e${n}`, 50 + n)),
    ]);
    await lorch([
      ...[
        'shared.jsonl',
        '--validation',
        '0.5',
        '--duplicates',
        'keep',
        '--group-by',
        'doc_id',
        '-o',
        'shared',
      ],
    ]);
    const sides = ['train', 'validation'].map((side) => lines(`shared/${side}.jsonl`).join('\n'));
    expect(sides.filter((text) => /"doc_id":"d\d/.test(text))).toHaveLength(1);
  });

  it('refuses a field that no row has, and names those there are', async () => {
    const { stderr, exitCode } = await lorch(['rows.jsonl', '--group-by', 'chat', '-o', 'none']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/D173[\s\S]*meta\.user, chat_id/);
  });
});

it('writes both files in the order of the input for any seed', async () => {
  const place = new Map(lines('rows.jsonl').map((line, i) => [line, i]));
  for (let seed = 0; seed < 12; seed += 1) {
    await lorch(['rows.jsonl', '--seed', String(seed), '--validation', '0.02', '-o', `seed-${seed}`]);
    for (const side of ['train', 'validation']) {
      const places = lines(`seed-${seed}/${side}.jsonl`).map((line) => place.get(line) ?? -1);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places.length).toBeGreaterThan(0);
    }
  }
});
