import { beforeEach, describe, expect, it } from 'vitest';
import { statusWord } from '../../src/run/status.ts';
import {
  beginAttempt,
  finishAttempt,
  markRunning,
  markStopping,
  replaceAttempt,
} from '../../src/store/attempts.ts';
import { deleteRun, insertRun } from '../../src/store/insert-run.ts';
import type { Store } from '../../src/store/open-store.ts';
import { resolveLivingRun, resolveRun } from '../../src/store/resolve-run.ts';
import { activeMs, getRun, type ListRunsOptions, listRuns } from '../../src/store/runs.ts';
import { dumpStore } from './dump-store.ts';
import { helloEvent, ingestEvents, stepEvent, storeWithRun } from './ingest-helper.ts';
import { samplePlan, sampleRecord } from './sample-run.ts';

let store: Store;
const end = { exitCode: 0, signal: null, endedMs: 9000, failure: null, findings: [] };

beforeEach(() => {
  store = storeWithRun('20260101-100000-first-aaaa');
});

function add(id: string, name: string, created: number, r = 8, tags: string[] = []): void {
  const sweep = { id: 'sweep-1', index: 0, count: 1, values: {} };
  insertRun(
    store,
    samplePlan(name, { lora: { r, target_modules: ['q_proj'] }, sweep: r > 8 ? sweep : null }),
    sampleRecord(id, { name, created_ms: created, tags }),
  );
}

const ids = (options: ListRunsOptions) => listRuns(store, options).map((run) => run.id);

describe('the list of runs', () => {
  beforeEach(() => {
    add('20260102-100000-triage-bbbb', 'triage', 1_790_000_100_000, 16, ['good', 'paper']);
    add('20260103-100000-triage-cccc', 'triage', 1_790_000_200_000, 32, ['paper']);
  });

  it('is the newest first, and comes in pages', () => {
    expect(ids({}).map((id) => id.slice(-4))).toEqual(['cccc', 'bbbb', 'aaaa']);
    expect(ids({ limit: 1, offset: 1 })).toEqual(['20260102-100000-triage-bbbb']);
  });

  it('is filtered by name, tag, sweep, status and by what the plan says', () => {
    expect(ids({ name: 'triage' })).toHaveLength(2);
    expect(ids({ tag: 'good' })).toEqual(['20260102-100000-triage-bbbb']);
    expect(ids({ sweep: 'sweep-1' })).toHaveLength(2);
    expect(ids({ status: ['queued'] })).toHaveLength(2);
    expect(ids({ status: ['launching', 'succeeded'] })).toHaveLength(1);
    expect(ids({ params: [{ key: 'lora.r', operator: '>=', value: 16 }] })).toHaveLength(2);
    expect(ids({ params: [{ key: 'lora.r', operator: '=', value: 8 }] })).toHaveLength(1);
    expect(ids({ params: [{ key: 'base_model.id', operator: '=', value: 'tiny/llama' }] })).toHaveLength(3);
    expect(ids({ params: [{ key: 'model.trust_remote_code', operator: '=', value: false }] })).toHaveLength(
      3,
    );
    expect(ids({ name: "' OR 1 = 1 --" })).toEqual([]);
  });

  it('loses a deleted run and everything that belongs to it', () => {
    ingestEvents(store, [helloEvent(1, null), stepEvent(1, { loss: 1 })], {
      run: '20260101-100000-first-aaaa',
    });
    for (const id of ids({})) deleteRun(store, id);
    expect(Object.values(dumpStore(store)).flat()).toEqual([]);
  });
});

describe('a run as a user names it', () => {
  beforeEach(() => {
    add('20260102-100000-triage-bbbb', 'triage', 1_790_000_100_000);
    add('20260103-100000-triage-cccc', 'triage', 1_790_000_200_000);
  });

  it('is an id, a unique beginning, a name (its latest run) or @last', () => {
    expect(resolveRun(store, '20260102-100000-triage-bbbb')).toBe('20260102-100000-triage-bbbb');
    expect(resolveRun(store, '20260101')).toBe('20260101-100000-first-aaaa');
    expect(resolveRun(store, 'triage')).toBe('20260103-100000-triage-cccc');
    expect(resolveRun(store, '@last')).toBe('20260103-100000-triage-cccc');
  });

  it('of a command on living runs is the one that is under way, if a name is given', () => {
    const finish = (run: string) => {
      beginAttempt(store, run, { n: 1, token: run, host: 'local', scheduler: 'process', createdMs: 1 });
      finishAttempt(store, run, 1, { ...end, outcome: 'cancelled' as const });
    };
    expect(() => resolveLivingRun(store, 'triage')).toThrow(
      expect.objectContaining({
        code: 'U102',
        hint: expect.stringMatching(/20260103-100000-triage-cccc, 20260102-100000-triage-bbbb$/),
      }),
    );
    finish('20260103-100000-triage-cccc');
    expect(resolveRun(store, 'triage')).toBe('20260103-100000-triage-cccc');
    expect(resolveLivingRun(store, 'triage')).toBe('20260102-100000-triage-bbbb');
    expect(resolveLivingRun(store, '20260103')).toBe('20260103-100000-triage-cccc');
    finish('20260102-100000-triage-bbbb');
    expect(resolveLivingRun(store, 'triage')).toBe('20260103-100000-triage-cccc');
  });

  it('that means several or none is an error with advice', () => {
    expect(() => resolveRun(store, '2026')).toThrow(expect.objectContaining({ code: 'U102', exitCode: 2 }));
    expect(() => resolveRun(store, 'traige')).toThrow(
      expect.objectContaining({ code: 'U101', hint: expect.stringContaining('did you mean triage?') }),
    );
    expect(() => resolveRun(store, '20%')).toThrow(expect.objectContaining({ code: 'U101' }));
    expect(() => resolveRun(store, '')).toThrow(expect.objectContaining({ code: 'U101' }));
  });
});

describe('the life of an attempt', () => {
  const run = '20260101-100000-first-aaaa';
  const word = () => statusWord(getRun(store, run)?.status ?? { phase: 'queued' });

  it('moves the run with it, and time counts while it runs', () => {
    expect(word()).toBe('launching');
    markRunning(store, run, 1, 2000);
    expect(word()).toBe('running');
    const running = getRun(store, run);
    expect(running && activeMs(running, 5000)).toBe(3000);
    markStopping(store, run);
    expect(word()).toBe('stopping');
    expect(finishAttempt(store, run, 1, { ...end, outcome: 'succeeded' })).toBe(true);
    expect(finishAttempt(store, run, 1, { ...end, outcome: 'lost' })).toBe(false);
    expect(word()).toBe('succeeded');
    const row = getRun(store, run);
    expect(row && activeMs(row, 99_000)).toBe(7000);
  });

  it('is opened by one of many, and replaced by one of many', () => {
    const attempt = { n: 2, token: 'two', host: 'local', scheduler: 'process', createdMs: 5000 };
    expect(beginAttempt(store, run, attempt)).toBe(false);
    expect(replaceAttempt(store, run, 1, 4000, attempt)).toBe(true);
    expect(replaceAttempt(store, run, 1, 4000, { ...attempt, n: 3, token: 'three' })).toBe(false);
    markRunning(store, run, 2, 6000);
    expect(replaceAttempt(store, run, 2, 7000, { ...attempt, n: 3, token: 'three' })).toBe(false);
  });
});
