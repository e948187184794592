// D178: rows that say nearly what others say, counted by `lorch data check`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findSimilar } from '../../../../src/app/data/near/find-similar.ts';

const dir = mkdtempSync(join(tmpdir(), 'lorch-similar-'));
afterAll(() => rmSync(dir, { recursive: true }));

const sea = 'The sea is wide and blue, and ships of many countries cross it by day and by night all year';
const rows = [
  { instruction: 'Describe the sea near the harbour.', output: `${sea}.` },
  { instruction: 'Name a tree that grows by the river.', output: 'The willow grows by the river.' },
  { instruction: 'Describe the sea near the harbour.', output: `${sea} round.` },
  { instruction: 'Describe the sea near the harbours.', output: `${sea}!` },
  {
    instruction: 'Count the legs of 12 spiders that sit on one wall.',
    output: 'They have 96 legs on one wall.',
  },
  {
    instruction: 'Count the legs of 13 spiders that sit on one wall.',
    output: 'They have 104 legs on one wall.',
  },
  { instruction: 'Name a tree that grows by the river.', output: 'The willow grows by the river.' },
];
const put = (name: string, list: object[]) => {
  const path = join(dir, name);
  writeFileSync(path, list.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { path, label: name };
};

it('counts the rows, names the first, and says what to type', async () => {
  const found = await findSimilar([put('a.jsonl', rows)], 'auto', { D178: { similarity: 0.7 } });
  expect(found?.finding).toMatchObject({
    code: 'D178',
    severity: 'warning',
    message:
      '3 of 7 rows (42.9 %) say nearly the same as another row, such as a.jsonl:1, a.jsonl:3, a.jsonl:4.',
    hint: 'look at the pairs: lorch data dedup a.jsonl --near 0.7',
    at: { file: 'a.jsonl', line: 1 },
  });
  expect(found?.row.row).toBe(0);
});

it('does not count exact duplicates, templates, or other texts', async () => {
  expect(
    await findSimilar(
      [
        put(
          'b.jsonl',
          [1, 4, 5, 6].map((i) => rows[i] ?? {}),
        ),
      ],
      'auto',
      {},
    ),
  ).toBeNull();
});

it('can be switched off, and compares over files', async () => {
  const sources = [put('c.jsonl', rows.slice(0, 2)), put('d.jsonl', rows.slice(3))];
  expect(await findSimilar(sources, 'auto', { D178: 'off' })).toBeNull();
  const found = await findSimilar(sources, 'auto', { D178: { similarity: 0.7 } });
  expect(found?.finding.message).toContain(
    '2 of 6 rows (33.3 %) say nearly the same as another row, such as c.jsonl:1, d.jsonl:1.',
  );
});
