// Secrets in what a trainer says: taken out of values, so that no event is lost and no run gets stuck.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readLogs } from '../../src/app/runs/read-logs.ts';
import { statusWord } from '../../src/run/status.ts';
import { runEvents } from '../../src/store/events.ts';
import { runFindings } from '../../src/store/findings.ts';
import { getRun } from '../../src/store/runs.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { createFollowers } from '../../src/supervise/followers.ts';
import { rebuildIndex } from '../../src/supervise/rebuild-index.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { dumpStore } from '../store/dump-store.ts';
import { makeWorkspace, type TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;

afterEach(() => workspace.close());

const leaks = /MIIEvQ|hf_a1B2|own "value" of the user|own \\+"value\\+" of the user/;
const env = { PATH: process.env.PATH, MY_API_KEY: 'own "value" of the user' };

async function lines(run: string, request: object = {}): Promise<string[]> {
  const read: string[] = [];
  const { deps } = workspace;
  const logs = readLogs({ deps, followers: createFollowers(deps) }, { run, ...request });
  for await (const line of logs) read.push(line);
  return read;
}

describe('an event whose text looks like a secret', () => {
  it('is stored without it, whole, and the run ends', async () => {
    workspace = await makeWorkspace('secretive', { env });
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    const row = await followRun(workspace.deps, run);
    expect(statusWord(row.status)).toBe('succeeded');
    expect(runFindings(workspace.store, run).map(({ code, message, hint }) => [code, message, hint])).toEqual(
      [
        ['R099', 'row 1 holds [secret], and more', 'a "quoted" hint'],
        ['R098', 'cut off: [secret]', 'next'],
        ['R097', 'first line\n[secret]\tlast', 'see\\docs'],
      ],
    );
    expect(runEvents(workspace.store, run).map(({ type }) => type)).toEqual([
      'hello',
      'warning',
      'warning',
      'warning',
      'settings',
      'end',
    ]);
    const before = dumpStore(workspace.store);
    expect(JSON.stringify(before)).not.toMatch(leaks);
    expect(await rebuildIndex(workspace.deps)).toMatchObject({ runs: 1, findings: [] });
    expect(dumpStore(workspace.store)).toEqual(before);
    const log = await readFile(join(workspace.runDir(run), 'controller.log'), 'utf8');
    for (const line of log.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  it('is shown without it by logs, in each of its forms', async () => {
    workspace = await makeWorkspace('secretive', { env });
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    await followRun(workspace.deps, run);
    expect(await lines(run)).toEqual([
      'loading',
      '[secret]',
      '[secret]',
      '[secret]',
      '[secret]',
      'done with [secret]',
      '[secret]',
      '[secret]',
      'that was cut off',
    ]);
    // The key begins before the lines that are shown.
    expect(await lines(run, { tail: 7 })).toEqual([
      '[secret]',
      '[secret]',
      '[secret]',
      'done with [secret]',
      '[secret]',
      '[secret]',
      'that was cut off',
    ]);
    const events = await lines(run, { events: true });
    expect(events.map((line) => (JSON.parse(line) as { type: string }).type)).toHaveLength(7);
    expect(events.join('\n')).not.toMatch(leaks);
  });

  it('in a database of an earlier version is passed over where the text was cut', async () => {
    workspace = await makeWorkspace('secretive', { env });
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    await followRun(workspace.deps, run);
    workspace.store.db
      .prepare("UPDATE event SET body = '{\"code\":\"R0[secret]' WHERE type = 'warning'")
      .run();
    expect(runEvents(workspace.store, run).map(({ type }) => type)).toEqual(['hello', 'settings', 'end']);
    await rebuildIndex(workspace.deps);
    expect(runEvents(workspace.store, run)).toHaveLength(6);
  });

  it('nested without end is one unreadable line, not the end of the run', async () => {
    workspace = await makeWorkspace('ok');
    const run = await workspace.addRun('one');
    await startAttempt(workspace.deps, run);
    await followRun(workspace.deps, run);
    const deep = `${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}`;
    const settings = `{"v":1,"seq":50,"t":1,"type":"settings","differences":[],"effective":{"quantization":null,"training":{},"model":{},"lora":${deep}}}\n`;
    await appendFile(join(workspace.runDir(run), 'attempt-1/events.jsonl'), settings);
    await writeFile(join(workspace.runDir(run), 'attempt-1/train.log'), 'x');
    await rebuildIndex(workspace.deps);
    expect(statusWord(getRun(workspace.store, run)?.status ?? { phase: 'queued' })).toBe('succeeded');
    expect(runFindings(workspace.store, run)).toMatchObject([{ code: 'R100', data: { lines: 1 } }]);
  });
});
