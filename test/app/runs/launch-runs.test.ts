import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { launchRuns } from '../../../src/app/runs/train.ts';
import { statusWord } from '../../../src/run/status.ts';
import { indexedRuns } from '../../../src/store/indexed-runs.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { makeWorkspace, type TestWorkspace } from '../../supervise/workspace.ts';

let workspace: TestWorkspace;

afterEach(() => workspace.close());

describe('launching new runs one after another', () => {
  it('keeps what was started, and leaves nothing of a run that cannot be and of those behind it', async () => {
    workspace = await makeWorkspace('ok');
    const runs = [];
    for (const name of ['one', 'two', 'three']) runs.push(await workspace.addRun(name));
    rmSync(join(workspace.runDir('two'), 'plan.json'));
    const launched: string[] = [];
    const follow = async (run: string) => ({ row: await followRun(workspace.deps, run), interrupted: false });
    await expect(
      launchRuns(workspace.deps, runs, { detach: false, onLaunched: (run) => launched.push(run), follow }),
    ).rejects.toMatchObject({ code: 'R132' });
    expect(launched).toEqual(['one']);
    expect(indexedRuns(workspace.store)).toEqual(['one']);
    expect(existsSync(workspace.runDir('two'))).toBe(false);
    expect(existsSync(workspace.runDir('three'))).toBe(false);
    expect(statusWord((await followRun(workspace.deps, 'one')).status)).toBe('succeeded');
  });
});
