import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { statusWord } from '../../src/run/status.ts';
import { insertRun } from '../../src/store/insert-run.ts';
import { openStore } from '../../src/store/open-store.ts';
import { getRun, listRuns } from '../../src/store/runs.ts';
import { askToStop } from '../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { rebuildIndex } from '../../src/supervise/rebuild-index.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { dumpStore } from '../store/dump-store.ts';
import {
  attemptJson,
  follow,
  makeWorkspace,
  python,
  type TestWorkspace,
  trainers,
  until,
} from './workspace.ts';

let workspace: TestWorkspace;

afterEach(() => workspace.close());

// One run with each of these trainers, the last resumed after a stop.
const finished = ['ok', 'fails', 'out_of_memory', 'garbage_lines', 'dies_mid_line', 'exits_early'];

async function trainAll(): Promise<void> {
  workspace = await makeWorkspace('ok');
  for (const name of finished) {
    const run = await workspace.addRun(name, {
      findings: [{ code: 'P001', name: 'planned', severity: 'note', message: 'said before launch' }],
      sweep: {
        id: 'sweep-1',
        index: finished.indexOf(name),
        count: finished.length,
        values: { 'lora.r': 8 },
      },
    });
    await startAttempt(withTrainer(name), run);
    await followRun(workspace.deps, run);
  }
  const waits = await workspace.addRun('waits');
  await startAttempt(withTrainer('waits'), waits);
  const stop = new AbortController();
  await follow(workspace.deps, waits, {
    signal: stop.signal,
    onEvent: (e) => e.type === 'step' && stop.abort(),
  });
  await askToStop(workspace.deps, waits);
  await followRun(workspace.deps, waits);
  await startAttempt(withTrainer('waits'), waits);
  await followRun(workspace.deps, waits);
  await askToStop(workspace.deps, await workspace.addRun('never-started'));
  await workspace.addRun('queued');
}

function withTrainer(name: string) {
  const command = (runDir: string, n: number) => [
    python,
    '-B',
    join(trainers, `${name}.py`),
    runDir,
    '--attempt',
    String(n),
  ];
  return { ...workspace.deps, trainerCommand: command };
}

describe('the index made again from the run folders', () => {
  it('is the same in every table, row by row', async () => {
    await trainAll();
    const before = dumpStore(workspace.store);
    expect(before.run).toHaveLength(finished.length + 3);
    expect(before.finding?.length).toBeGreaterThan(finished.length);
    const rebuilt = await rebuildIndex(workspace.deps);
    expect(rebuilt).toEqual({ runs: finished.length + 3, attempts: finished.length + 2, findings: [] });
    expect(dumpStore(workspace.store)).toEqual(before);
    await rebuildIndex(workspace.deps);
    expect(dumpStore(workspace.store)).toEqual(before);
  });

  it('is the same after the database was deleted', async () => {
    await trainAll();
    const before = dumpStore(workspace.store);
    workspace.store.close();
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(workspace.runsDir, `lorch.db${suffix}`), { force: true });
    const fresh = workspace.another();
    expect(listRuns(fresh.store)).toEqual([]);
    await rebuildIndex(fresh);
    expect(dumpStore(fresh.store)).toEqual(before);
  });

  it('does not disturb a run that is under way, nor whoever follows it', async () => {
    workspace = await makeWorkspace('many_events');
    const run = await workspace.addRun('one');
    await writeFile(join(workspace.runDir(run), 'code'), '0');
    await startAttempt(workspace.deps, run);
    const seqs: number[] = [];
    // A short timeout: here one process does both, and would keep itself waiting.
    const store = openStore(join(workspace.runsDir, 'lorch.db'), { busyTimeoutMs: 20 });
    const following = follow({ ...workspace.deps, store }, run, {
      onEvent: (event) => seqs.push(event.seq),
    });
    await until(() => seqs.length > 20);
    for (let i = 0; i < 5; i += 1) await rebuildIndex(workspace.deps);
    expect(statusWord((await following).status)).toBe('succeeded');
    expect(seqs).toEqual(Array.from({ length: 152 }, (_, i) => i));
    const before = dumpStore(workspace.store);
    await rebuildIndex(workspace.deps);
    expect(dumpStore(workspace.store)).toEqual(before);
    expect(await workspace.launches(run)).toBe(1);
    store.close();
  });

  it('has what came, changed and went while it was made, and keeps no other writer waiting', async () => {
    workspace = await makeWorkspace('ok');
    const [stays, goes] = [await workspace.addRun('stays'), await workspace.addRun('goes')];
    await startAttempt(workspace.deps, stays);
    await followRun(workspace.deps, stays);
    const record = JSON.parse(await readFile(join(workspace.runDir(stays), 'run.json'), 'utf8'));
    const comes = '20261130-042415-comes-00aa';
    const other = openStore(join(workspace.runsDir, 'lorch.db'), { busyTimeoutMs: 0 });
    await rebuildIndex(workspace.deps, (done) => {
      if (done !== 2) return;
      cpSync(workspace.runDir(goes), workspace.runDir(comes), { recursive: true });
      writeFileSync(
        join(workspace.runDir(comes), 'run.json'),
        JSON.stringify({ ...record, id: comes, name: 'comes' }),
      );
      insertRun(other, null, { ...record, id: comes, name: 'comes' });
      rmSync(workspace.runDir(goes), { recursive: true });
      writeFileSync(
        join(workspace.runDir(stays), 'run.json'),
        JSON.stringify({ ...record, notes: 'written meanwhile' }),
      );
    });
    other.close();
    expect(getRun(workspace.store, stays)).toMatchObject({
      notes: 'written meanwhile',
      lastLoss: expect.any(Number),
    });
    expect(getRun(workspace.store, comes)).toMatchObject({ name: 'comes', status: { phase: 'queued' } });
    expect(getRun(workspace.store, goes)).toBeNull();
    const before = dumpStore(workspace.store);
    await rebuildIndex(workspace.deps);
    expect(dumpStore(workspace.store)).toEqual(before);
  });

  it('names the folders it leaves out, and takes in a run whose run.json is lost', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    await mkdir(join(workspace.runsDir, 'not-a-run'));
    await rm(join(workspace.runDir(run), 'run.json'));
    const rebuilt = await rebuildIndex(workspace.deps);
    expect(rebuilt.findings.map((finding) => finding.code)).toEqual(['R107', 'R108']);
    expect(getRun(workspace.store, run)).toMatchObject({ name: 'one', notes: '', unreviewed: 'a test' });
  });

  it('takes in the other runs if an attempt of one is a file, or a link that leads nowhere', async () => {
    await trainAll();
    await rm(join(workspace.runDir('fails'), 'attempt-1'), { recursive: true });
    writeFileSync(join(workspace.runDir('fails'), 'attempt-1'), 'not a folder');
    await rm(join(workspace.runDir('ok'), 'attempt-1'), { recursive: true });
    symlinkSync('/nowhere', join(workspace.runDir('ok'), 'attempt-1'));
    await rebuildIndex(workspace.deps);
    const names = listRuns(workspace.deps.store, {}).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['fails', 'ok', 'out_of_memory', 'waits', 'queued']));
    expect(names).toHaveLength(9);
  });

  it('never starts an attempt whose controller died before it could', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    await mkdir(join(workspace.runDir(run), 'attempt-1'));
    const launch = {
      lorch: 1,
      attempt: 1,
      token: 't',
      launcher: 'local',
      created_ms: 1,
      python: '',
      shim: '',
    };
    await writeFile(
      join(workspace.runDir(run), 'attempt-1', 'launch.json'),
      JSON.stringify({ ...launch, command: [], env: {} }),
    );
    await rebuildIndex(workspace.deps);
    expect(getRun(workspace.store, run)?.status).toEqual({ phase: 'queued' });
    expect(await attemptJson(workspace, run, 1, 'claim')).toMatchObject({ by: 'controller' });
    expect(await startAttempt(workspace.deps, run)).toBe(2);
    expect(statusWord((await followRun(workspace.deps, run)).status)).toBe('succeeded');
  });
});
