// Near-duplicates in a config: which rows leave, what is said of the others, and that a split divides no group.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { scanConfig } from '../../../src/app/plan/scan-config.ts';
import { datasetSection } from '../../../src/config/schema/dataset.ts';
import type { LedgerEntry } from '../../../src/dataset/ledger.ts';

const root = mkdtempSync(join(tmpdir(), 'lorch-near-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const scope = {
  root,
  cacheDir: join(root, 'cache'),
  checks: null,
  env: { HOME: root },
  onProgress: () => undefined,
};
let scans = 0;

const row = (instruction: string, output: string) => `${JSON.stringify({ instruction, output })}\n`;
const question =
  'Which of the parcels that were sent from the harbour on Monday is still on its way to the shop?';
const answer = 'The third one, which holds the lamps, and it is expected before the end of the week.';

async function scan(section: object) {
  scans += 1;
  const scanned = await scanConfig(scope, datasetSection.parse(section), join(root, `scan-${scans}`));
  const ledger = readFileSync(scanned.ledger, 'utf8').trim().split('\n');
  const entries = ledger.map((line) => JSON.parse(line) as LedgerEntry).sort((a, b) => a.row - b.row);
  return { ...scanned, fates: entries.map(({ fate, code }) => code ?? fate) };
}

it('drops the same row with another first letter and more space, and keeps what a person must see', async () => {
  writeFileSync(
    join(root, 'rows.jsonl'),
    row(question, answer) +
      row(question.replace('Which', 'which'), `${answer} `) +
      row(question, `${answer.replace('lamps', 'chairs')}`) +
      row('Name a colour.', 'Blue.'),
  );
  const near = { threshold: 0.8 };
  const { fates, findings, result } = await scan({ train: 'rows.jsonl', duplicates: { near } });
  expect(fates).toEqual(['train', 'D160', 'train', 'train']);
  expect(result.ledger).toMatchObject({ rows_in: 4, kept: 3, dropped: { D160: 1 } });
  expect(findings.get('D160')?.first[0]).toMatchObject({ severity: 'warning', at: { line: 2 } });
  expect(findings.get('D161')?.count).toBe(2);
  const kept = await scan({ train: 'rows.jsonl', duplicates: { near: { ...near, action: 'keep' } } });
  expect(kept.fates).toEqual(['train', 'train', 'train', 'train']);
});

it('lets no row of the training file resemble one of the validation file', async () => {
  writeFileSync(join(root, 'held.jsonl'), row('Name a fruit.', 'Pear.') + row(question, answer));
  writeFileSync(
    join(root, 'train.jsonl'),
    row('Name a tree.', 'Elm.') + row(question.replace('Which', 'which'), answer),
  );
  const section = { train: 'train.jsonl', validation: 'held.jsonl', on_error: 'drop' };
  expect((await scan(section)).fates).toEqual(['validation', 'validation', 'train', 'train']);
  const { fates, findings } = await scan({ ...section, duplicates: { near: { threshold: 0.8 } } });
  expect(fates).toEqual(['validation', 'validation', 'train', 'D163']);
  expect(findings.get('D163')?.first[0]?.data).toMatchObject({ of: { file: 'held.jsonl', line: 2, row: 1 } });
});

it('keeps the rows of a group on one side of the split', async () => {
  const subjects = Array.from({ length: 40 }, (_, i) => `parcel${String.fromCharCode(97 + (i % 26))}${i}`);
  const group = (subject: string) =>
    ['today', 'tonight', 'soon'].map((when) =>
      row(
        `${question} We mean the one called ${subject}, of course, and no other parcel at all.`,
        `${answer} ${when}`,
      ),
    );
  writeFileSync(join(root, 'groups.jsonl'), subjects.flatMap(group).join(''));
  const { fates } = await scan({
    train: 'groups.jsonl',
    validation: { fraction: 0.3, seed: 1 },
    duplicates: { near: { threshold: 0.8, action: 'keep' } },
  });
  const sides = subjects.map((_, i) => new Set(fates.slice(i * 3, i * 3 + 3)));
  expect(sides.every((side) => side.size === 1)).toBe(true);
});
