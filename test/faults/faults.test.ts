// A file system that fails under a command: a slice of what bench/faults.mjs does at length.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { python } from '../e2e/workspace.ts';
import { faultCases } from './cases.ts';
import { canInject, compileFaults, type Fault, type Preload } from './preload.ts';
import { measure, tryFault } from './trial.ts';
import { type FaultWorkspace, makeFaultWorkspace } from './workspace.ts';

const changing = 'write,open,rename,fsync,link,mkdir';
const modes: Omit<Fault, 'nth'>[] = [
  { errno: 'EIO', calls: changing, forever: false },
  { errno: 'ENOSPC', calls: 'write,open,link,mkdir', forever: true },
  { errno: 'EROFS', calls: `${changing},unlink`, forever: true },
  { errno: 'EDQUOT', calls: 'write,open,link,mkdir', forever: false },
];

/** `all`, or so many of the calls of each command. Commands by name may be chosen, too. */
const [wanted = '2', only] = (process.env.LORCH_FAULTS ?? '').split(':');
const most = wanted === 'all' ? Number.POSITIVE_INFINITY : Number(wanted || 2);

/** `count` numbers from 1 to `calls`, evenly; which ones depends on `shift`. */
function spread(calls: number, count: number, shift: number): number[] {
  if (calls <= count) return Array.from({ length: calls }, (_, i) => i + 1);
  return Array.from({ length: count }, (_, i) => 1 + Math.floor(((i + shift) * calls) / count));
}

describe.skipIf(!canInject)('a command whose disk fails', () => {
  let workspace: FaultWorkspace;
  let preload: Preload;

  beforeAll(() => {
    workspace = makeFaultWorkspace(python);
    preload = compileFaults(workspace.beside, (file) => readFileSync(file));
  });
  afterAll(() => workspace?.close());

  const cases = faultCases.filter(
    ({ name, tokenises }) => (!tokenises || python) && (!only || name === only),
  );
  it.each(cases)(
    '$name: one clear error, nothing half done, and the next try succeeds',
    async (each) => {
      const problems: string[] = [];
      // A disk that stays full or read-only lets nobody take back a run that is on record: full-disk.test.ts has that.
      const tried = each.makesRun && most <= 10 ? modes.filter(({ forever }) => !forever) : modes;
      for (const [i, mode] of tried.entries()) {
        const reference = measure(workspace, preload, each, mode.calls);
        expect(reference.calls).toBeGreaterThan(0);
        for (const nth of spread(reference.calls, most, (i + 0.5) / tried.length)) {
          const problem = await tryFault(workspace, preload, each, reference, { ...mode, nth });
          if (problem === null) continue;
          problems.push(problem);
          if (most > 10) process.stdout.write(`${problem}\n\n`);
        }
      }
      expect(problems).toEqual([]);
    },
    7_200_000,
  );
});
