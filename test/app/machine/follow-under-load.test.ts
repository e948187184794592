// Two more lorch processes watch a run that is written as fast as a program can, over three attempts: every snapshot and
// every event of every watcher is compared with the files.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunCursor } from '../../../src/run/cursor.ts';
import { statusWord } from '../../../src/run/status.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { type Compiled, compileSources } from '../../supervise/kill/compile.ts';
import { follow, makeWorkspace, type TestWorkspace, until } from '../../supervise/workspace.ts';
import { type Known, readTruth } from './load/truth.ts';

interface Report {
  watchers: {
    from: RunCursor;
    to: RunCursor;
    seen: string[];
    rows: { cursor: RunCursor; step: number | null; tokens: number | null }[];
    visits: number;
    largest: number;
  }[];
  snapshots: ({ cursor: RunCursor } & Known)[];
  followed: boolean;
}

/** Of each attempt. */
const steps = 12_000;

let workspace: TestWorkspace;
let compiled: Compiled;

beforeAll(async () => {
  compiled = await compileSources();
  workspace = await makeWorkspace('floods');
});

afterAll(async () => {
  await compiled?.remove();
  await workspace?.close();
});

it('a snapshot and the events after it are the whole, for everyone, in every process', async () => {
  await writeFile(join(workspace.dir, 'lorch.yaml'), '# a workspace\n');
  const run = await workspace.addRun('one');
  await writeFile(join(workspace.runDir(run), 'steps'), String(steps));
  const ready = (seed: number) => join(workspace.dir, `ready-${seed}`);
  const watching = [1, 2].map(async (seed) => {
    const out = join(workspace.dir, `told-${seed}.json`);
    // The snapshots are of the first two attempts, at random places.
    const spec = { dir: workspace.dir, run, seed, out, ready: ready(seed), lines: 2 * steps };
    const watcher = resolve(import.meta.dirname, 'load/watcher.mjs');
    await execa('node', [watcher, compiled.dir, JSON.stringify(spec)], {
      env: { HOME: workspace.dir },
      stdio: 'inherit',
    });
    return JSON.parse(await readFile(out, 'utf8')) as Report;
  });
  const outcomes: string[] = [];
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    // The last attempt is told to all, however slow the machine.
    if (attempt === 3) await until(() => [1, 2].every((seed) => existsSync(ready(seed))));
    expect(await startAttempt(workspace.deps, run)).toBe(attempt);
    outcomes.push(statusWord((await follow(workspace.deps, run)).status));
  }
  expect(outcomes).toEqual(['failed', 'failed', 'succeeded']);

  const truth = await readTruth(workspace.runDir(run), 3);
  expect(truth.places.length).toBeGreaterThan(3 * steps);
  for (const { watchers, snapshots, followed } of await Promise.all(watching)) {
    expect(snapshots.length).toBeGreaterThan(watchers.length);
    const wrong = snapshots.filter(({ cursor, ...seen }) => !sameAs(seen, truth.at(cursor)));
    expect(wrong.slice(0, 3)).toEqual([]);
    for (const { from, to, seen, rows, largest } of watchers) {
      expect(seen).toEqual(truth.places.slice(truth.count(from)));
      expect(truth.count(to)).toBe(truth.places.length);
      // How the run stands is always said of exactly the events so far.
      expect(rows.filter(({ cursor, ...row }) => !sameAs(row, truth.at(cursor))).slice(0, 3)).toEqual([]);
      expect(largest).toBeLessThanOrEqual(1 << 20);
    }
    expect(watchers.filter(({ visits }) => visits > 1).length).toBeGreaterThanOrEqual(3);
    expect(followed).toBe(false);
  }
});

/** Whether all that was seen is so. */
function sameAs(seen: Partial<Known>, known: Known): boolean {
  return (Object.keys(seen) as (keyof Known)[]).every((key) => seen[key] === known[key]);
}
