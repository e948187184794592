// The sample datasets through every format and back: the same rows, wherever nothing is said to be lost.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { convertDataset } from '../../../src/app/data/convert-dataset.ts';
import { scanDataset } from '../../../src/dataset/scan/scan.ts';

const samples = resolve(import.meta.dirname, '../../../datasets');
const dir = mkdtempSync(join(tmpdir(), 'lorch-convert-'));
afterAll(() => rmSync(dir, { recursive: true }));

const convert = (from: string, to: string, out: string, allowLoss = false) =>
  convertDataset({
    env: {},
    cwd: dir,
    patterns: [from],
    format: 'auto',
    stdin: Readable.from([]),
    to,
    out: join(dir, out),
    write: () => undefined,
    onError: 'drop',
    allowLoss,
    madeBy: { command: 'data convert', version: '0', atMs: 0 },
  });

/** Fingerprints of the rows in order, and what stood beside the conversations. */
async function read(path: string) {
  const rows: [string, unknown][] = [];
  await scanDataset(
    [{ path, label: path }],
    { format: 'auto', onError: 'drop', duplicates: { exact: 'keep' }, split: null },
    {
      onExample: (_split, { fingerprint, example }) =>
        void rows.push([fingerprint, JSON.parse(JSON.stringify(example.meta))]),
    },
  );
  return rows;
}

const files = readdirSync(samples).filter((name) => /\.jsonl?$/.test(name));

describe.each(files)('%s', (file) => {
  const source = join(samples, file);

  it.each(['chatml', 'sharegpt', 'chatml-text', 'alpaca'])(
    'goes to %s and back to chatml whole, or says what is lost',
    async (to) => {
      const there = await convert(source, to, `${file}.${to}.jsonl`);
      if (Object.keys(there.lost).length > 0) {
        // Only calls with ids and conversations of several turns are beyond the others.
        expect([there.done, there.written]).toEqual([false, 0]);
        expect(Object.keys(there.lost).join()).toMatch(/tool|pairs of user and assistant/);
        return;
      }
      const rows = await read(source);
      expect(there).toMatchObject({ done: true, written: rows.length });
      const back = await convert(`${file}.${to}.jsonl`, 'chatml', `${file}.${to}.back.json`);
      expect(back).toMatchObject({ from: { name: to }, done: true, lost: {} });
      expect(await read(join(dir, `${file}.${to}.back.json`))).toEqual(rows);
    },
  );
});

it('keeps instruction and input apart from alpaca to alpaca', async () => {
  const there = await convert(join(samples, 'kitchen-alpaca.json'), 'alpaca', 'again.json');
  expect(there).toMatchObject({ done: true, lost: {} });
  const text = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;
  expect(text(join(dir, 'again.json'))).toEqual(text(join(samples, 'kitchen-alpaca.json')));
});
