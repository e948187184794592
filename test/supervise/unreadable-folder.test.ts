import { rename, rm, symlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { getRun } from '../../src/store/runs.ts';
import { askToStop } from '../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { follow, makeWorkspace, type TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;

afterEach(() => workspace.close());

it('a run whose folder cannot be looked at for a moment is not ended', async () => {
  workspace = await makeWorkspace('waits');
  const run = await workspace.addRun('one');
  await startAttempt(workspace.deps, run);
  const started = new AbortController();
  await follow(workspace.deps, run, {
    signal: started.signal,
    onEvent: (event) => event.type === 'step' && started.abort(),
  });
  const dir = workspace.runsDir;
  await rename(dir, `${dir}.aside`);
  // A link to itself: the system refuses to look behind it, as it refuses a folder of another user.
  await symlink(dir, dir);
  const looked = new AbortController();
  const following = followRun(workspace.deps, run, { signal: looked.signal });
  await sleep(500);
  looked.abort();
  await following;
  expect(getRun(workspace.store, run)?.status.phase).toBe('running');
  await rm(dir);
  await rename(`${dir}.aside`, dir);
  expect(await askToStop(workspace.deps, run)).toBe('asked');
  expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'cancelled' });
});
