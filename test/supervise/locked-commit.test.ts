// Without write-ahead logging a commit fails as long as somebody reads, after all of its work was done.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRemovable, removeRuns } from '../../src/app/runs/remove-run.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { getRun } from '../../src/store/runs.ts';
import type { LaunchDeps } from '../../src/supervise/deps.ts';
import { registerRun } from '../../src/supervise/register-run.ts';
import { samplePlan, sampleRecord } from '../store/sample-run.ts';
import { makeWorkspace, type TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let deps: LaunchDeps;
let reader: Store;

beforeEach(async () => {
  workspace = await makeWorkspace('ok');
  const runsDir = join(workspace.dir, 'others');
  await mkdir(runsDir);
  const open = () => openStore(join(runsDir, 'lorch.db'), { journal: 'delete', busyTimeoutMs: 1 });
  deps = workspace.another({ runsDir, store: open() });
  reader = open();
});

afterEach(async () => {
  reader.close();
  deps.store.close();
  await workspace.close();
});

function read(): void {
  reader.db.exec('BEGIN');
  getRun(reader, 'one');
}

/** Supervision that tells when it waits, and then the reader stops. */
const whileRead = (): LaunchDeps => ({ ...deps, notice: () => reader.db.exec('COMMIT') });

async function make(name: string): Promise<string> {
  const made = join(deps.runsDir, `.${name}.tmp`);
  await mkdir(made);
  await writeFile(join(made, 'plan.json'), JSON.stringify(samplePlan(name)));
  return made;
}

async function register(name: string, by: LaunchDeps): Promise<void> {
  await registerRun(by, samplePlan(name), sampleRecord(name), await make(name));
}

const folders = () => readdirSync(deps.runsDir).filter((name) => !name.startsWith('lorch.'));

describe('a commit that finds the database locked', () => {
  it('puts a run on record with its folder once it is free', async () => {
    read();
    await register('one', whileRead());
    expect(getRun(deps.store, 'one')?.id).toBe('one');
    expect(folders()).toEqual(['one']);
    expect(existsSync(join(deps.runsDir, 'one', 'plan.json'))).toBe(true);
  });

  it('leaves neither folder nor row of a new run if it stays locked', async () => {
    read();
    await expect(register('one', { ...deps, timing: { lockMs: 1 } })).rejects.toMatchObject({ code: 'E050' });
    expect(getRun(deps.store, 'one')).toBeNull();
    expect(folders()).toEqual([]);
  });

  it('removes a run with its folder once it is free', async () => {
    await register('one', deps);
    const found = await findRemovable(deps, ['one']);
    read();
    await removeRuns(whileRead(), found);
    expect(getRun(deps.store, 'one')).toBeNull();
    expect(folders()).toEqual([]);
  });

  it('leaves folder and row of a run that it cannot remove', async () => {
    await register('one', deps);
    const found = await findRemovable(deps, ['one']);
    read();
    await expect(removeRuns({ ...deps, timing: { lockMs: 1 } }, found)).rejects.toMatchObject({
      code: 'E050',
    });
    expect(getRun(deps.store, 'one')?.id).toBe('one');
    expect(folders()).toEqual(['one']);
  });
});
