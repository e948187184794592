// The sources of a config: patterns, limits, datasets of the hub, and roles that do not mix.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanConfig } from '../../../src/app/plan/scan-config.ts';
import { datasetSection } from '../../../src/config/schema/dataset.ts';
import type { LedgerEntry } from '../../../src/dataset/ledger.ts';
import { type HubServer, startHub } from '../../fixtures/hub/hub-server.ts';

const commit = 'e'.repeat(40);
const root = mkdtempSync(join(tmpdir(), 'lorch-config-'));
const rows = (word: string, count: number): string =>
  Array.from({ length: count }, (_, i) => `{"instruction":"Name ${word} ${i}.","output":"${i}"}\n`).join('');
let hub: HubServer;
let scans = 0;

beforeAll(async () => {
  hub = await startHub({
    'datasets/acme/rows': { commit, files: { 'rows.jsonl': Buffer.from(rows('star', 4)) } },
  });
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/a.jsonl'), rows('tree', 5));
  writeFileSync(join(root, 'data/b.jsonl.gz'), gzipSync(rows('bird', 5)));
  writeFileSync(join(root, 'data/held.csv'), 'instruction,output\nName a fish.,Cod.\n');
});
afterAll(async () => {
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

async function scan(section: object) {
  const scope = {
    root,
    cacheDir: join(root, 'cache'),
    checks: null,
    env: { HOME: root, HF_ENDPOINT: hub.url },
    onProgress: () => undefined,
  };
  scans += 1;
  const scanned = await scanConfig(scope, datasetSection.parse(section), join(root, `scan-${scans}`));
  const ledger = readFileSync(scanned.ledger, 'utf8').trim().split('\n');
  return { ...scanned, entries: ledger.map((line) => JSON.parse(line) as LedgerEntry) };
}

it('takes patterns relative to the workspace, files of any kind, and validation of its own', async () => {
  const { result } = await scan({ train: 'data/*.jsonl*', validation: ['data/held.csv'] });
  expect(result.files.map(({ path, rows: count }) => [path, count])).toEqual([
    ['data/held.csv', 1],
    ['data/a.jsonl', 5],
    ['data/b.jsonl.gz', 5],
  ]);
  expect([result.train.rows, result.validation.rows]).toEqual([10, 1]);
});

it('takes the first rows of each file where a limit says so, and the ledger has those and no other', async () => {
  const { result, entries } = await scan({
    train: [{ path: 'data/{a,b}.jsonl*', limit: 2 }, 'data/held.csv'],
  });
  expect(result.ledger).toEqual({ rows_in: 5, kept: 5, fixed: 0, dropped: {} });
  expect(entries.map(({ row, file, line }) => [row, file, line])).toEqual([
    [0, 'data/a.jsonl', 1],
    [1, 'data/a.jsonl', 2],
    [2, 'data/b.jsonl.gz', 1],
    [3, 'data/b.jsonl.gz', 2],
    [4, 'data/held.csv', 2],
  ]);
});

it('records the commit of a dataset of the hub', async () => {
  const { result } = await scan({ train: ['hf://datasets/acme/rows', 'data/a.jsonl'] });
  expect(result.files.map(({ path }) => path)).toEqual([
    `hf://datasets/acme/rows@${commit}/rows.jsonl`,
    'data/a.jsonl',
  ]);
});

it('refuses a file with two roles and a file that is not there', async () => {
  await expect(scan({ train: 'data/*', validation: 'data/held.csv' })).rejects.toMatchObject({
    code: 'D098',
    exitCode: 2,
  });
  await expect(scan({ train: 'data/aa.jsonl' })).rejects.toMatchObject({
    code: 'D090',
    hint: expect.stringContaining('data/a.jsonl'),
  });
});

it('refuses a pipe and a device before it opens them, where it would wait for ever', async () => {
  execFileSync('mkfifo', [join(root, 'data/pipe')]);
  for (const train of ['data/pipe', '/dev/zero'])
    await expect(scan({ train })).rejects.toMatchObject({
      code: 'D091',
      message: expect.stringContaining('read twice'),
    });
});

it('groups the split by a field, and finds groups and conversations that files of their own divide', async () => {
  const said = (chat: number, turns: number) =>
    Array.from({ length: turns }, (_, n) => [
      { role: 'user', content: `Chat ${chat}, question ${n}?` },
      { role: 'assistant', content: `Answer ${n} of chat ${chat}.` },
    ]).flat();
  const chats = Array.from({ length: 40 }, (_, i) => ({
    messages: said(i >> 1, (i % 2) + 1),
    thread_id: `t${i >> 1}`,
  }));
  const file = (list: readonly object[]) => list.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(root, 'data/chats.txt.jsonl'), file(chats));
  writeFileSync(join(root, 'data/even.jsonl'), file(chats.filter((_, i) => i % 2 === 0)));
  writeFileSync(join(root, 'data/odd.jsonl'), file(chats.filter((_, i) => i % 2 === 1)));
  const train = 'data/chats.txt.jsonl';
  const plain = await scan({ train, validation: { fraction: 0.3 } });
  // D033 is about the field itself, which no trainer reads.
  expect([...plain.findings.keys()]).toEqual(['D033', 'D170', 'D171']);
  expect(plain.groups).toEqual([]);
  const grouped = await scan({ train, validation: { fraction: 0.3, group_by: 'thread_id' } });
  expect([...grouped.findings.keys()]).toEqual(['D033']);
  expect(grouped.groups).toEqual([{ field: 'thread_id', groups: 20, without: 0 }]);
  expect(grouped.result.validation.rows).toBe(12);
  const files = await scan({ train: 'data/odd.jsonl', validation: 'data/even.jsonl' });
  expect(files.findings.get('D170')?.first[0]?.data).toMatchObject({ field: 'thread_id', on_both_sides: 20 });
  expect(files.findings.get('D171')?.first[0]?.message).toContain('20 rows are continued');
  await expect(scan({ train, validation: { fraction: 0.3, group_by: 'tread' } })).rejects.toMatchObject({
    code: 'D173',
  });
});
