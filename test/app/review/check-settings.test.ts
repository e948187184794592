// A review reads the rows that training keeps, whatever the check settings of the dataset say.
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askGate } from '../../../src/app/review/ask-gate.ts';
import { chooseDatasetChecks } from '../../../src/app/sources/dataset-checks.ts';
import { scanDataset } from '../../../src/dataset/scan/scan.ts';
import { makeReviewFolder, type ReviewFolder, rule } from './review-folder.ts';

let folder: ReviewFolder;
beforeEach(async () => {
  folder = await makeReviewFolder();
});
afterEach(() => folder.remove());

it('The gate opens for rows that only the settings beside the dataset keep', async () => {
  const row = (n: number) => {
    const messages = [
      { role: 'user', content: `Question ${n}?` },
      { role: 'user', content: 'Please.' },
      { role: 'assistant', content: n % 3 === 0 ? '' : `Answer ${n}.` },
    ];
    return `${JSON.stringify({ messages })}\n`;
  };
  await folder.write('a.jsonl', Array.from({ length: 90 }, (_, n) => row(n)).join(''));
  await folder.write('a.jsonl.checks.yaml', 'empty-answer: warning\n');
  const sources = [{ path: folder.path('a.jsonl'), label: 'a.jsonl' }];
  const { checks } = await chooseDatasetChecks({ cwd: folder.dir, sources });
  const lines: string[] = [];
  const kept = await scanDataset(
    sources,
    { format: 'auto', onError: 'drop', duplicates: { exact: 'drop' }, split: null, checks: checks.settings },
    { onLedger: (entry) => void lines.push(JSON.stringify(entry)) },
  );
  expect(kept.ledger.kept).toBe(90);
  const ledger = folder.path('ledger.jsonl.gz');
  await writeFile(ledger, gzipSync(`${lines.join('\n')}\n`));
  const ask = () =>
    askGate({
      files: sources,
      rule,
      ledger,
      reason: null,
      cwd: folder.dir,
      checks: {},
      config: null,
      mapped: false,
      onProgress: () => undefined,
    });
  await folder.review('a.jsonl', () => 'accept', { checks: checks.settings });
  expect(await ask()).toMatchObject({ state: 'passed', gate: { uncovered_rows: 0 } });
  // Other settings keep other rows: the review no longer speaks of them all.
  await folder.write('a.jsonl.checks.yaml', '');
  expect(await ask()).toMatchObject({ state: 'failed' });
});
