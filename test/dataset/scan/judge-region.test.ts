// Rows judged many at a time, here or in other threads, have the fate that they have one by one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClosablePool } from '../../../src/app/sources/judge-pool.ts';
import { findFormat } from '../../../src/dataset/formats/index.ts';
import { scanDataset } from '../../../src/dataset/scan/scan.ts';
import type { ScanOptions, ScanSink } from '../../../src/dataset/scan/scan-types.ts';
import { type Compiled, compileSources } from '../../supervise/kill/compile.ts';
import { arbitraryExample } from '../arbitrary-example.ts';
import { structureOnly } from '../scan-text.ts';

fc.configureGlobal({ seed: 5 });

async function scan(text: string | Buffer, options: Partial<ScanOptions>, rowByRow: boolean) {
  const seen: unknown[] = [];
  const sink: ScanSink = {
    onFinding: (finding) => void seen.push(finding),
    ...(rowByRow && { onExample: () => undefined }),
  };
  const file = join(dir, `rows-${Math.random()}.jsonl`);
  await writeFile(file, text);
  const result = await scanDataset(
    [{ path: file, label: 'rows.jsonl' }],
    { format: 'auto', onError: 'drop', duplicates: { exact: 'drop' }, split: null, ...options },
    sink,
  );
  await rm(file);
  // Several findings of a region may come in another order than those of a row; none may be lost.
  return { seen: seen.map((each) => JSON.stringify(each)), result };
}

let dir = '';
let compiled: Compiled;
let pool: ClosablePool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lorch-region-'));
  compiled = await compileSources();
  const { createJudgePool } = await import(
    pathToFileURL(join(compiled.dir, 'app/sources/judge-pool.js')).href
  );
  pool = createJudgePool(2);
});

afterAll(async () => {
  await pool?.close();
  await compiled?.remove();
  await rm(dir, { recursive: true, force: true });
});

const render = findFormat('chatml').render ?? (() => ({ row: null, lost: [] }));
const row = fc.oneof(
  { weight: 6, arbitrary: arbitraryExample.map((example) => JSON.stringify(render(example).row)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]}',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'null',
      '{"messages":[]}',
      '{"messages":[{"role":"user"}',
      '{"instruction":"a","output":"b"}',
    ),
  },
);

describe('a file judged in regions', () => {
  it('gives the findings, the ledger and the fingerprints of the same file judged row by row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 40 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, end) => {
          // Long enough to leave the sample behind, so that regions are judged at all.
          const text = [
            ...rows,
            ...Array.from(
              { length: 220 },
              (_, i) =>
                `{"messages":[{"role":"user","content":"${i}?"},{"role":"assistant","content":"${i}."}]}`,
            ),
            ...rows,
            ...rows,
          ].join(end);
          for (const options of [{}, { checks: structureOnly, fingerprints: false }]) {
            const single = await scan(text, options, true);
            const regions = await scan(text, options, false);
            const { fingerprint: _a, train: _b, validation: _c, ...rest } = regions.result;
            expect(regions.seen).toEqual(single.seen);
            expect(single.result).toMatchObject(rest);
            if (!('fingerprints' in options))
              expect(regions.result.fingerprint).toBe(single.result.fingerprint);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives the same fingerprints where a region has thousands of rows', async () => {
    const row = (i: number) => `{"instruction":"${i}?","output":"${i}."}`;
    const text = Array.from({ length: 30_000 }, (_, i) => row(i)).join('\n');
    const single = await scan(text, { checks: structureOnly }, true);
    const regions = await scan(text, { checks: structureOnly }, false);
    expect(regions.result.rows).toBe(30_000);
    expect(regions.result.fingerprint).toBe(single.result.fingerprint);
  });

  it('gives the same in other threads', async () => {
    const rows = fc.sample(row, { numRuns: 1500, seed: 3 });
    // Over several chunks of the file, so that threads have to take turns.
    const text = Array.from({ length: 8 }, (_, i) =>
      rows.map((each) => each.replace('Hello.', `Hello ${i}.`)).join('\n'),
    ).join('\n');
    const alone = await scan(text, {}, false);
    const together = await scan(text, { pool }, false);
    expect(alone.result.rows).toBeGreaterThan(8000);
    expect(together).toEqual(alone);
  });
});
