// A slice of the fuzzing that bench/fuzz-runs.mjs does at length.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FuzzBase, fuzzRun, makeBase } from './fuzz/fuzz-runs.ts';

let base: FuzzBase;

beforeAll(async () => {
  base = await makeBase();
});
afterAll(() => base.remove());

const [from, count] = (process.env.LORCH_FUZZ_SEEDS ?? '0,10').split(',').map(Number);

it('whatever happens to a run folder, every command ends, and every other run is as it was', async () => {
  const wrong: string[] = [];
  for (let seed = from ?? 0; seed < (from ?? 0) + (count ?? 0); seed += 1) {
    const fault = await fuzzRun(base, seed);
    if (fault) wrong.push(fault);
  }
  expect(wrong).toEqual([]);
}, 1_200_000);
