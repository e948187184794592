import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readLogs } from '../../../src/app/runs/read-logs.ts';
import { startOfAttempt } from '../../../src/run/cursor.ts';
import { listAttempts } from '../../../src/store/attempts.ts';
import { getRun } from '../../../src/store/runs.ts';
import { seriesSummaries } from '../../../src/store/series-summary.ts';
import { askToStop } from '../../../src/supervise/ask-to-stop.ts';
import { eventsAfter } from '../../../src/supervise/events-after.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { createFollowers } from '../../../src/supervise/followers.ts';
import { readHeard } from '../../../src/supervise/heard.ts';
import { rebuildIndex } from '../../../src/supervise/rebuild-index.ts';
import { recoverRuns } from '../../../src/supervise/recover-runs.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { follow, makeWorkspace, type TestWorkspace, until } from '../workspace.ts';
import { breakSome, type FarHost, makeFarHost } from './far-host.ts';

let workspace: TestWorkspace;
let far: FarHost;

afterEach(() => workspace.close());

/** A workspace with a queued run that is to train on the other host. */
async function farRun(trainer: string): Promise<string> {
  far = makeFarHost();
  workspace = await makeWorkspace(trainer, {
    findHost: (name) => (name === 'far' ? far.host : undefined),
    timing: { pollMs: 10, mirrorEveryMs: 20, aliveEveryMs: 50, goneAfterMs: 300 },
  });
  const run = await workspace.addRun('one', { resources: { host: 'far', gpus: 0 } });
  await mkdir(join(workspace.runDir(run), 'data'));
  writeFileSync(join(workspace.runDir(run), 'data', 'train.safetensors'), 'rows');
  return run;
}

const there = (run: string) => join(`${workspace.runsDir}-far/runs`, run);
const both = (run: string, file: string) =>
  [workspace.runDir(run), there(run)].map((dir) => readFileSync(join(dir, 'attempt-1', file), 'utf8'));

function expectSame(run: string, files = ['events.jsonl', 'train.log', 'exit.json', 'claim.json']): void {
  for (const file of files) {
    const [here, original] = both(run, file);
    expect(here, file).toBe(original);
  }
}

const gone = () => 'before' as const;

describe('a run on another host', () => {
  it('is copied into the workspace, byte by byte, and recorded from there', async () => {
    const run = await farRun('ok');
    expect(await startAttempt(workspace.deps, run)).toBe(1);
    const types: string[] = [];
    const row = await follow(workspace.deps, run, { onEvent: (event) => types.push(event.type) });
    expect(row.status).toMatchObject({ phase: 'finished', outcome: 'succeeded' });
    expect(types.join(' ')).toBe('hello model step step step eval checkpoint memory artifact end');
    expectSame(run, ['events.jsonl', 'train.log', 'exit.json', 'claim.json', 'trainer.json', 'launch.json']);
    expect(readHeard(join(workspace.runDir(run), 'attempt-1'))).toBeGreaterThan(0);
  });

  it('is told without the host, after it is gone, and from an index that is made again', async () => {
    const run = await farRun('ok');
    await startAttempt(workspace.deps, run);
    await followRun(workspace.deps, run);
    const before = [getRun(workspace.store, run), listAttempts(workspace.store, run)];
    const series = seriesSummaries(workspace.store, run);
    far.breaks = gone;
    rmSync(there(run), { recursive: true });
    const calls = far.calls;
    const { events } = await eventsAfter(workspace.deps, run, startOfAttempt());
    expect(events).toHaveLength(10);
    const followers = createFollowers(workspace.deps);
    const lines: string[] = [];
    for await (const line of readLogs({ deps: workspace.deps, followers }, { run, follow: true }))
      lines.push(line);
    expect(lines).toEqual(['done']);
    const rebuilt = await rebuildIndex(workspace.deps);
    expect(rebuilt).toMatchObject({ runs: 1, attempts: 1, findings: [] });
    await recoverRuns(workspace.deps);
    expect([getRun(workspace.store, run), listAttempts(workspace.store, run)]).toEqual(before);
    expect(seriesSummaries(workspace.store, run)).toEqual(series);
    expect(far.calls).toBe(calls);
  });

  it('goes on while the host cannot be reached, which is said once, and nothing is decided', async () => {
    const run = await farRun('endures');
    await startAttempt(workspace.deps, run);
    await until(async () => {
      await recoverRuns(workspace.deps);
      return (getRun(workspace.store, run)?.step ?? 0) > 3;
    });
    far.breaks = gone;
    const notices: string[] = [];
    const deps = { ...workspace.deps, notice: (text: string) => void notices.push(text) };
    const leaving = new AbortController();
    const following = followRun(deps, run, { signal: leaving.signal });
    await until(() => notices.length > 0);
    await new Promise((wake) => setTimeout(wake, 400));
    expect(getRun(workspace.store, run)?.status).toMatchObject({ phase: 'running' });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(
      /^far cannot be reached: the connection broke; last heard of the run \d+ s ago; the run goes on there/,
    );
    // An index made again now does not lose it, and does not start it a second time.
    await rebuildIndex(workspace.deps);
    expect(getRun(workspace.store, run)?.status).toMatchObject({ phase: 'running' });
    far.breaks = () => false;
    writeFileSync(join(`${workspace.runsDir}-far`, 'end'), '');
    const row = await following;
    leaving.abort();
    expect(row.status).toMatchObject({ outcome: 'succeeded' });
    expect(listAttempts(workspace.store, run)).toHaveLength(1);
    expectSame(run);
  });

  it('survives a connection that breaks at one call in eight, before and after the host did what was asked', async () => {
    const run = await farRun('many_events');
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    await mkdir(there(run), { recursive: true });
    writeFileSync(join(there(run), 'code'), '0');
    far.breaks = breakSome(8, random);
    const started = await until(async () => {
      await startAttempt(workspace.deps, run).catch((error: { code?: string }) => {
        if (error.code !== 'R165' && error.code !== 'U103') throw error;
      });
      return getRun(workspace.store, run)?.status.phase !== 'queued';
    });
    expect(started).toBe(true);
    const row = await followRun(workspace.deps, run);
    expect(row.status).toMatchObject({ phase: 'finished', outcome: 'succeeded' });
    expect(row.step).toBe(150);
    const last = listAttempts(workspace.store, run).at(-1)?.n ?? 0;
    for (const file of ['events.jsonl', 'train.log', 'exit.json'])
      expect(readFileSync(join(workspace.runDir(run), `attempt-${last}`, file), 'utf8'), file).toBe(
        readFileSync(join(there(run), `attempt-${last}`, file), 'utf8'),
      );
    expect(
      readFileSync(join(there(run), 'launches'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(1);
  });

  it('is stopped there', async () => {
    const run = await farRun('endures');
    await startAttempt(workspace.deps, run);
    await until(async () => {
      await recoverRuns(workspace.deps);
      return (getRun(workspace.store, run)?.step ?? 0) > 0;
    });
    expect(await askToStop(workspace.deps, run)).toBe('asked');
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'cancelled' });
    expectSame(run, ['events.jsonl', 'exit.json', 'stop.json']);
  });

  it('whose folder there was deleted while it trained is lost, with what was copied of it', async () => {
    const run = await farRun('endures');
    await startAttempt(workspace.deps, run);
    await until(async () => {
      await recoverRuns(workspace.deps);
      return (getRun(workspace.store, run)?.step ?? 0) > 3;
    });
    rmSync(there(run), { recursive: true });
    const row = await followRun(workspace.deps, run);
    expect(row.status).toMatchObject({ outcome: 'lost' });
    expect(readdirSync(join(workspace.runDir(run), 'attempt-1'))).toContain('events.jsonl');
    expect(existsSync(there(run))).toBe(false);
    writeFileSync(join(`${workspace.runsDir}-far`, 'end'), '');
  });

  it('copies a file again whose end is not as on the host, as a power failure leaves it', async () => {
    const run = await farRun('ok');
    await startAttempt(workspace.deps, run);
    await until(() => existsSync(join(there(run), 'attempt-1', 'exit.json')));
    const original = readFileSync(join(there(run), 'attempt-1', 'events.jsonl'));
    const hole = Buffer.concat([original.subarray(0, 300), Buffer.alloc(200)]);
    writeFileSync(join(workspace.runDir(run), 'attempt-1', 'events.jsonl'), hole);
    await followRun(workspace.deps, run);
    expectSame(run);
  });
});
