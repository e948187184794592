import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { scanConfig } from '../../../src/app/plan/scan-config.ts';
import { type DatasetSection, datasetSection } from '../../../src/config/schema/dataset.ts';

const root = mkdtempSync(join(tmpdir(), 'lorch-scan-'));
afterAll(() => rmSync(root, { recursive: true }));
const scope = { root, cacheDir: root, checks: null, env: {}, onProgress: () => undefined };
const scan = (dataset: Record<string, unknown>, rows: unknown[]) => {
  writeFileSync(join(root, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const section: DatasetSection = datasetSection.parse({ train: 'rows.jsonl', ...dataset });
  return scanConfig(scope, section, join(root, 'out'));
};

it('refuses to train on preference pairs, recognised in any way', async () => {
  const refusal = {
    code: 'D045',
    hint: expect.stringContaining('lorch data convert rows.jsonl --to chatml'),
  };
  await expect(scan({}, [{ prompt: 'One?', chosen: '1', rejected: '2' }])).rejects.toMatchObject(refusal);
  const format = { prompt: 'q', chosen: 'good', rejected: 'bad' };
  await expect(scan({ format }, [{ q: 'One?', good: '1', bad: '2' }])).rejects.toMatchObject(refusal);
});

it('writes what a mapping reads as the examples to train on', async () => {
  const format = { messages: 'turns', role: 'who', content: 'say', roles: { bot: 'assistant', me: 'user' } };
  const turns = [
    { who: 'me', say: 'Hi' },
    { who: 'bot', say: 'Hello.' },
  ];
  const { examples } = await scan({ format }, [{ turns }]);
  expect(JSON.parse(readFileSync(examples.train ?? '', 'utf8'))).toEqual({
    row: 0,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
    ],
  });
});
