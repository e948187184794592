// Events straight into a database, without files or processes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Finding } from '../../src/diagnostics/finding.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { beginAttempt } from '../../src/store/attempts.ts';
import { ingest } from '../../src/store/ingest.ts';
import { insertRun } from '../../src/store/insert-run.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { samplePlan, sampleRecord } from './sample-run.ts';

const dirs: string[] = [];

afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

/** A new database with one run that has one attempt. */
export function storeWithRun(run = 'one'): Store {
  const dir = mkdtempSync(join(tmpdir(), 'lorch-store-'));
  dirs.push(dir);
  const store = openStore(join(dir, 'lorch.db'));
  insertRun(store, samplePlan(run), sampleRecord(run));
  beginAttempt(store, run, { n: 1, token: `${run}-1`, host: 'local', scheduler: 'process', createdMs: 1000 });
  return store;
}

/** Event lines of 10 bytes each; `from` counts in lines. Returns the line up to which the attempt is on record. */
export function ingestEvents(
  store: Store,
  events: readonly (RunEvent | string)[],
  { run = 'one', attempt = 1, from = 0, findingsOf = (_: RunEvent): Finding[] => [] } = {},
): number {
  const lines = events.map((event, i) => ({
    end: (from + i + 1) * 10,
    ...(typeof event === 'string' ? { unreadable: event } : { event }),
  }));
  const at = ingest(store, { run, attempt, from: from * 10, lines, findingsOf, redact: (text) => text });
  return at === null ? -1 : at / 10;
}

/** One step event with the given metrics. */
export function stepEvent(step: number, metrics: Record<string, number>, seq = step): RunEvent {
  const base = {
    v: 1 as const,
    seq,
    t: 1000 + seq,
    max_steps: 100,
    epoch: 0.5,
    tokens: step * 10,
    trained_tokens: step,
  };
  return { ...base, type: 'step', step, metrics };
}

/** The first event of an attempt. */
export function helloEvent(attempt: number, resumedFromStep: number | null): RunEvent {
  const device = { kind: 'cpu' as const, name: 'cpu', count: 1, memory_bytes: 0, uuids: [] };
  return {
    v: 1,
    seq: 0,
    t: 1000,
    type: 'hello',
    pid: 1,
    attempt,
    versions: {},
    device,
    resumed_from_step: resumedFromStep,
  };
}
