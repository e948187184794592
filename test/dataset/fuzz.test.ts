// A slice of the fuzzing that bench/fuzz-data.mjs does at length.
import { expect, it } from 'vitest';
import { makeFile } from './fuzz/make-file.ts';
import { createRandom } from './fuzz/random.ts';
import { scanFuzzed } from './fuzz/scan-fuzzed.ts';

it('reads whatever bytes come: every row in the ledger once, places that exist, one answer for any chunks', async () => {
  let rows = 0;
  let kept = 0;
  for (let seed = 0; seed < 150; seed += 1) {
    const chunk = createRandom(seed).int(100) + 1;
    const scanned = await scanFuzzed(makeFile(seed), chunk).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
    });
    rows += scanned.result.rows;
    kept += scanned.kept.length;
  }
  // Neither all rows good nor all rows bad: the files are worth reading.
  expect(kept).toBeGreaterThan(rows / 10);
  expect(rows - kept).toBeGreaterThan(rows / 10);
}, 120_000);
