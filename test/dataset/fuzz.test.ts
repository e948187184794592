// A slice of the fuzzing that bench/fuzz-data.mjs does at length.
import { expect, it } from 'vitest';
import { makeFile } from './fuzz/make-file.ts';
import { createRandom } from './fuzz/random.ts';
import { scanFuzzed } from './fuzz/scan-fuzzed.ts';

it('reads any bytes: every row in the ledger once, places that exist, the same answer for any chunks', async () => {
  const files = 150;
  let withKept = 0;
  let withLost = 0;
  for (let seed = 0; seed < files; seed += 1) {
    const chunk = createRandom(seed).int(100) + 1;
    const scanned = await scanFuzzed(makeFile(seed), chunk).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`);
    });
    if (scanned.kept.length > 0) withKept += 1;
    if (scanned.kept.length < scanned.result.rows) withLost += 1;
  }
  // Neither all good nor all bad: the files are worth reading. By files, since a damaged one may claim any number of rows.
  expect(withKept).toBeGreaterThan(files / 10);
  expect(withLost).toBeGreaterThan(files / 10);
});
