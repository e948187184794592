// kill -9 of anything at any moment. LORCH_KILL_TRIALS and LORCH_KILL_SEED ask for more, and for others.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Compiled, compileSources } from './kill/compile.ts';
import { runTrial, type TrialResult } from './kill/trial.ts';

const trials = Number(process.env.LORCH_KILL_TRIALS ?? 50);
const seed = Number(process.env.LORCH_KILL_SEED ?? 1);
const atOnce = 5;
const hasProc = existsSync('/proc/self/cmdline');
if (!hasProc) console.warn('kill trials are skipped: this system has no /proc to find the processes to kill');

let compiled: Compiled;

beforeAll(async () => {
  compiled = await compileSources();
});

afterAll(() => compiled?.remove());

describe.skipIf(!hasProc)('controller, supervisor and trainer killed at random moments', () => {
  it(
    `${trials} times: launched once, every line recorded once and in order, the right end, nothing left behind`,
    async () => {
      const results: TrialResult[] = [];
      let next = 0;
      const worker = async () => {
        for (let number = next++; number < trials; number = next++)
          results.push(await runTrial(number, seed, compiled.dir));
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      expect(results.filter((result) => result.problems.length > 0)).toEqual([]);
      expect(results.reduce((sum, result) => sum + result.kills, 0)).toBeGreaterThan(trials / 2);
    },
    trials * 10_000,
  );
});
