// A workspace from open to close, as the page and a one-shot command use it.
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenWorkspace, openWorkspace } from '../../../src/app/machine/open-workspace.ts';
import { followToEnd } from '../../../src/app/runs/follow-to-end.ts';
import { readLogs } from '../../../src/app/runs/read-logs.ts';
import { startOfAttempt } from '../../../src/run/cursor.ts';
import { runPaths } from '../../../src/run/layout.ts';
import { statusWord } from '../../../src/run/status.ts';
import { snapshotRun } from '../../../src/store/run-snapshot.ts';
import { getRun } from '../../../src/store/runs.ts';
import { askToStop } from '../../../src/supervise/ask-to-stop.ts';
import { eventsAfter, type RunUpdate } from '../../../src/supervise/events-after.ts';
import { createFollowers } from '../../../src/supervise/followers.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import {
  attemptJson,
  makeWorkspace,
  python,
  type TestWorkspace,
  trainers,
  until,
} from '../../supervise/workspace.ts';

let made: TestWorkspace;
let opened: OpenWorkspace[];

beforeEach(() => {
  opened = [];
});

afterEach(async () => {
  for (const workspace of opened) await workspace.close();
  await made.close();
});

async function open(): Promise<OpenWorkspace> {
  const workspace = await openWorkspace({ cwd: made.dir, env: made.deps.env });
  opened.push(workspace);
  return workspace;
}

/** A workspace with one queued run, trained by a program of test/fixtures/trainers. */
async function withRun(trainer: string): Promise<OpenWorkspace> {
  made = await makeWorkspace(trainer);
  await writeFile(join(made.dir, 'lorch.yaml'), '# a workspace\n');
  await made.addRun('one');
  return await open();
}

const phaseOf = (run: string) => getRun(made.store, run)?.status.phase;

describe('closing', () => {
  it('ends who follows, leaves the run alone, and another process takes it up', async () => {
    const workspace = await withRun('waits');
    await startAttempt(made.deps, 'one');
    const updates = workspace.followers.follow('one', { after: startOfAttempt() });
    const told: RunUpdate[] = [];
    const following = (async () => {
      for await (const update of updates) told.push(update);
    })();
    await until(() => told.some(({ events }) => events.some(({ event }) => event.type === 'step')));
    await workspace.close();
    await following;
    expect(workspace.store.db.open).toBe(false);
    expect(phaseOf('one')).toBe('running');
    expect(() => workspace.followers.join('one')).toThrow('closed');
    await askToStop(made.deps, 'one');
    const row = await followToEnd(await open(), 'one');
    expect(statusWord(row.status)).toBe('cancelled');
  });

  it('twice is once', async () => {
    const workspace = await withRun('ok');
    await workspace.close();
    await workspace.close();
  });
});

describe('recover()', () => {
  it('settles what has ended since, with its report, as often as it is called', async () => {
    const workspace = await withRun('ok');
    await workspace.recover();
    await startAttempt(made.deps, 'one');
    await until(() => attemptJson(made, 'one', 1, 'exit'));
    expect(phaseOf('one')).not.toBe('finished');
    await Promise.all([workspace.recover(), workspace.recover()]);
    expect(phaseOf('one')).toBe('finished');
    expect(existsSync(runPaths(made.runDir('one')).report)).toBe(true);
  });

  it('makes the index again if the database was deleted', async () => {
    await withRun('ok');
    made.store.close();
    for (const workspace of opened.splice(0)) await workspace.close();
    for (const suffix of ['', '-wal', '-shm'])
      await rm(join(made.runsDir, `lorch.db${suffix}`), { force: true });
    const workspace = await open();
    expect(getRun(workspace.store, 'one')?.status).toEqual({ phase: 'queued' });
  });
});

describe('one follower', () => {
  it('serves all who follow a run', async () => {
    const workspace = await withRun('many_events');
    await writeFile(join(made.runDir('one'), 'code'), '0');
    await startAttempt(made.deps, 'one');
    let followers = 0;
    const counted = createFollowers(workspace.deps, async () => {
      followers += 1;
    });
    const seen = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const seqs: number[] = [];
        const after = startOfAttempt();
        await followToEnd({ ...workspace, followers: counted }, 'one', {
          after,
          onEvent: ({ seq }) => seqs.push(seq),
        });
        return seqs;
      }),
    );
    for (const seqs of seen) expect(seqs).toEqual(Array.from({ length: 152 }, (_, i) => i));
    expect(followers).toBe(1);
    expect(counted.isFollowed('one')).toBe(false);
  });

  it('ends with its last subscriber, and the next one begins where it likes', async () => {
    const workspace = await withRun('waits');
    await startAttempt(made.deps, 'one');
    const [first, second] = [workspace.followers.join('one'), workspace.followers.join('one')];
    expect(first.bell).toBe(second.bell);
    first.leave();
    expect(workspace.followers.isFollowed('one')).toBe(true);
    second.leave();
    expect(workspace.followers.isFollowed('one')).toBe(false);
    const third = workspace.followers.join('one');
    expect(third.bell).not.toBe(first.bell);
    await first.end();
    await until(() => (getRun(made.store, 'one')?.step ?? 0) > 0);
    expect(third.over).toBe(false);
    third.leave();
    await askToStop(made.deps, 'one');
    await followToEnd(workspace, 'one');
  });

  it('waits for a queued run, and tells of it from its first event', async () => {
    const workspace = await withRun('ok');
    const types: string[] = [];
    const phases = new Set<string>();
    const following = (async () => {
      for await (const { events, row } of workspace.followers.follow('one')) {
        types.push(...events.map(({ event }) => event.type));
        if (row) phases.add(row.status.phase);
      }
    })();
    await until(() => phases.has('queued'));
    await startAttempt(made.deps, 'one');
    await following;
    expect(types.join(' ')).toBe('hello model step step step eval checkpoint memory artifact end');
    expect([...phases].at(-1)).toBe('finished');
  });

  it('says so if the run is removed', async () => {
    const workspace = await withRun('ok');
    const updates = workspace.followers.follow('one');
    expect((await updates.next()).value).toMatchObject({ events: [], row: { id: 'one' } });
    made.store.db.exec("DELETE FROM run WHERE uid = 'one'");
    await expect(updates.next()).rejects.toMatchObject({ code: 'U101' });
    expect(workspace.followers.isFollowed('one')).toBe(false);
  });

  it('leaves on a signal while nothing happens', async () => {
    const workspace = await withRun('ok');
    const leaving = new AbortController();
    const updates = workspace.followers.follow('one', { signal: leaving.signal });
    await updates.next();
    const next = updates.next();
    leaving.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(workspace.followers.isFollowed('one')).toBe(false);
  });
});

describe('logs that are followed', () => {
  it('of an earlier attempt end with it, while the run is under way', async () => {
    const workspace = await withRun('fails');
    await startAttempt(made.deps, 'one');
    await followToEnd(workspace, 'one');
    const trainerCommand = (runDir: string, n: number) => [
      python,
      '-B',
      join(trainers, 'waits.py'),
      runDir,
      '--attempt',
      String(n),
    ];
    await startAttempt({ ...made.deps, trainerCommand }, 'one');
    const lines: string[] = [];
    const logs = readLogs(workspace, { run: 'one', attempt: 1, follow: true });
    for await (const line of logs) lines.push(line);
    expect(lines.at(-1)).toBe('RuntimeError: shapes do not match');
    expect(phaseOf('one')).not.toBe('finished');
    expect(workspace.followers.isFollowed('one')).toBe(false);
    await askToStop(made.deps, 'one');
    await followToEnd(workspace, 'one');
  });
});

describe('events after a cursor', () => {
  it('have no secrets, and go on over lines that are none', async () => {
    const workspace = await withRun('secretive');
    await startAttempt(made.deps, 'one');
    await followToEnd(workspace, 'one');
    const { events, row } = await eventsAfter(workspace.deps, 'one', startOfAttempt());
    expect(statusWord(row?.status ?? { phase: 'queued' })).toBe('succeeded');
    expect(events.length).toBeGreaterThan(3);
    expect(JSON.stringify(events)).toContain('[secret]');
    expect(JSON.stringify(events)).not.toMatch(/MIIEvQ|hf_a1B2/);
  });

  it('are none after the end, after a cursor of another time, and if the folder is gone', async () => {
    const workspace = await withRun('ok');
    await startAttempt(made.deps, 'one');
    await followToEnd(workspace, 'one');
    const end = snapshotRun(workspace.store, 'one')?.cursor ?? startOfAttempt();
    const nothing = { events: [], row: { status: { outcome: 'succeeded' } } };
    for (const cursor of [end, { attempt: 7, bytes: 0 }, { attempt: 1, bytes: end.bytes + 1000 }])
      expect(await eventsAfter(workspace.deps, 'one', cursor)).toMatchObject({ ...nothing, cursor });
    await rm(made.runDir('one'), { recursive: true });
    expect(await eventsAfter(workspace.deps, 'one', startOfAttempt())).toMatchObject({
      ...nothing,
      cursor: end,
    });
  });
});
