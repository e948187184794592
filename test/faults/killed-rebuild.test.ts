// `lorch db rebuild`, killed at several moments: the old index or the new one is there, and nothing else is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyFinishedRun } from '../supervise/finished-run.ts';
import { type FaultWorkspace, makeFaultWorkspace } from './workspace.ts';

let workspace: FaultWorkspace;
let took: number;
const more = 20;

beforeAll(() => {
  workspace = makeFaultWorkspace(undefined);
  for (let i = 0; i < more; i += 1)
    copyFinishedRun(join(workspace.root, 'runs'), `20261130-06${String(i).padStart(4, '0')}-more-aaaa`);
  workspace.keep();
  const began = performance.now();
  expect(workspace.run(['db', 'rebuild']).code).toBe(0);
  took = performance.now() - began;
});
afterAll(() => workspace?.close());

it.each([0.3, 0.6, 0.8, 1])('killed after %s of its time', async (part) => {
  workspace.restore();
  const child = spawn(process.execPath, [workspace.lorch.bin, 'db', 'rebuild'], {
    cwd: workspace.root,
    env: { PATH: process.env.PATH, HOME: workspace.beside, XDG_CACHE_HOME: join(workspace.root, 'cache') },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await sleep(part * took);
  child.kill('SIGKILL');
  await ended;
  const listed = await workspace.runHere(['runs', '--all', '--json']);
  expect(listed.code, listed.stderr).toBe(0);
  const { runs } = JSON.parse(listed.stdout) as { runs: unknown[] };
  // Two are on record before.
  expect([2, 2 + more]).toContain(runs.length);
  expect(
    readdirSync(join(workspace.root, 'runs')).filter((name) => /\.new-|probe|journal/.test(name)),
  ).toEqual([]);
  const again = await workspace.runHere(['db', 'rebuild']);
  expect(again).toMatchObject({ code: 0, stdout: `${2 + more} runs, ${2 + more} attempts, 0 reviews\n` });
});
