// The order of `lorch data check`, what is said once, and what --only refuses.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkDataset } from '../../../../src/app/data/check/check-dataset.ts';
import { chooseChecks } from '../../../../src/app/sources/choose-checks.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lorch-order-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const ask = (instruction: string, output: string, input = '') => ({ instruction, input, output });

async function check(rows: unknown[], only: string[] = []) {
  const file = path.join(dir, 'rows.jsonl');
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const sources = [{ path: file, label: 'rows.jsonl' }];
  const chosen = await chooseChecks({
    sources,
    workspace: null,
    precision: [],
    filter: { only, skip: [], groups: [] },
  });
  return checkDataset({
    sources,
    format: 'auto',
    checks: chosen,
    precision: [],
    max: 3,
    baseline: null,
    fingerprints: false,
    record: null,
    tokens: null,
  });
}

it('puts errors first, then facts before patterns, then what more rows have', async () => {
  const topics = ['tides', 'bees', 'looms', 'locks', 'kites', 'wells', 'mills', 'ferns', 'geese', 'reeds'];
  const rows = [
    ask('Name the seas.', ''),
    ...topics.map((each, i) =>
      ask(`What is known of ${each}?`, `Much is known of ${each}, since year ${i} at least.`),
    ),
    ask('Name a dye.', 'Woad &amp; madder.'),
    ask('Name a lake.', 'The answer says: {lake_name}.'),
    ask('Name a hill.', 'The answer says: {hill_name}.'),
    ...topics.slice(0, 6).map((each) => ask(`Who studies ${each} by day?`, 'Nobody can say such a thing.')),
  ];
  const { codes, rows: all } = await check(rows);
  expect(all).toBe(rows.length);
  expect(codes.map(({ code, rows: found }) => [code, found])).toEqual([
    ['D014', 1],
    ['D103', 2],
    ['D127', 1],
    ['D140', 6],
  ]);
});

it('says one thing once: a refusal that speaks of an AI, a wrong encoding and the signs it left', async () => {
  const refused = await check([
    ask('Name the best season.', "I'm sorry, but as an AI language model I cannot give an opinion."),
  ]);
  expect(refused.codes.map(({ code }) => code)).toEqual(['D107']);
  const elsewhere = await check([
    ask(
      'Name the best season.',
      `Summer it is. ${'It is warm and light. '.repeat(1)}As an AI language model, I like it.`,
    ),
  ]);
  expect(elsewhere.codes.map(({ code }) => code)).toEqual(['D108']);
  const garbled = await check([ask('Name the sign.', 'It isnâ\u0080\u0099t far, and the cafÃ© is open.')]);
  expect(garbled.codes.map(({ code }) => code)).toEqual(['D124']);
});

it.each([
  ['D160', 'lorch data dedup DATASET looks for it'],
  ['near-leak', 'lorch data dedup DATASET --validation FILE looks for it'],
  ['D051', 'lorch plan CONFIG looks for it'],
  ['T020', '--tokenizer MODEL'],
  ['A010', 'lorch explain A010'],
  ['nosuch', 'lorch explain'],
])('--only %s is refused with the reason', async (code, hint) => {
  await expect(check([ask('Name a lake.', 'Como.')], ['D014', code])).rejects.toMatchObject({
    code: 'D094',
    exitCode: 2,
    hint: expect.stringContaining(hint),
  });
});
