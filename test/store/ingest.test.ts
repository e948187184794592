import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, type RunEvent } from '../../src/run/events.ts';
import { beginAttempt, finishAttempt, listAttempts } from '../../src/store/attempts.ts';
import { runEvents } from '../../src/store/events.ts';
import { runFindings } from '../../src/store/findings.ts';
import type { Store } from '../../src/store/open-store.ts';
import { readSeries } from '../../src/store/read-series.ts';
import { rollSize } from '../../src/store/rolls.ts';
import { getRun } from '../../src/store/runs.ts';
import { seriesSummaries } from '../../src/store/series-summary.ts';
import { dumpStore } from './dump-store.ts';
import { helloEvent, ingestEvents, stepEvent, storeWithRun } from './ingest-helper.ts';

const lossOf = (store: Store) => seriesSummaries(store, 'one').find((series) => series.name === 'loss');
const stepsOf = (store: Store, name = 'loss') =>
  readSeries(store, 'one', name, { maxPoints: 100_000 }).map((bucket) => bucket.first_step);

describe('taking in events', () => {
  it('reads the golden events file', () => {
    const store = storeWithRun();
    const file = resolve(import.meta.dirname, '../fixtures/protocol/events.jsonl');
    const events = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const parsed = parseEvent(line);
        if (!parsed.ok) throw new Error(parsed.reason);
        return parsed.event;
      });
    ingestEvents(store, events);
    expect(getRun(store, 'one')).toMatchObject({
      step: 2,
      trainable: 1024,
      lastLoss: Number.POSITIVE_INFINITY,
      bestEval: { loss: 2.25, step: 2 },
    });
    expect(seriesSummaries(store, 'one').find((series) => series.name === 'grad_norm')).toMatchObject({
      last: Number.NaN,
      min: null,
      nonfinite: 1,
    });
    const stored = runEvents(store, 'one').map((event) => event.type);
    expect(stored).toEqual(
      events.map((event) => event.type).filter((type) => !['step', 'eval', 'memory'].includes(type)),
    );
  });

  it('counts each line once, even if it is passed in repeatedly and in pieces', () => {
    const events = [
      helloEvent(1, null),
      ...Array.from({ length: 200 }, (_, i) => stepEvent(i + 1, { loss: 1 / (i + 1) })),
    ];
    const once = storeWithRun();
    ingestEvents(once, events);
    const expected = dumpStore(once);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { maxLength: 30 }), (pieces) => {
        const store = storeWithRun();
        for (const [a, b] of [...pieces, [0, 200] as const]) {
          const [from, to] = a < b ? [a, b] : [b, a];
          const before = listAttempts(store, 'one')[0]?.eventLines ?? 0;
          const at = ingestEvents(store, events.slice(from, to + 1), { from });
          // A batch that begins beyond what is on record is refused, with the place to begin.
          expect(at).toBe(from > before ? before : Math.max(before, to + 1));
        }
        expect(dumpStore(store)).toEqual(expected);
        store.close();
      }),
      { numRuns: 25 },
    );
  });

  it('leaves nothing behind of a batch that fails in its middle', () => {
    const store = storeWithRun();
    ingestEvents(store, [helloEvent(1, null), stepEvent(1, { loss: 1 })]);
    const before = dumpStore(store);
    const broken = { ...stepEvent(3, { loss: 3 }), t: 'late' } as unknown as RunEvent;
    expect(() => ingestEvents(store, [stepEvent(2, { loss: 2 }), broken], { from: 2 })).toThrow();
    expect(dumpStore(store)).toEqual(before);
    expect(ingestEvents(store, [stepEvent(2, { loss: 2 })], { from: 2 })).toBe(3);
  });

  it('says that an attempt is not on record', () => {
    const store = storeWithRun();
    expect(ingestEvents(store, [helloEvent(2, null)], { attempt: 2 })).toBe(-1);
  });

  it('keeps NaN and infinities apart, and extremes over what is finite', () => {
    const store = storeWithRun();
    const values = [3, Number.NaN, 1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY];
    ingestEvents(
      store,
      values.map((loss, i) => stepEvent(i + 1, { loss })),
    );
    expect(readSeries(store, 'one', 'loss').map((bucket) => bucket.last)).toEqual(values);
    expect(lossOf(store)).toMatchObject({
      min: 1,
      min_step: 3,
      max: 3,
      max_step: 1,
      nonfinite: 3,
      points: 6,
    });
    expect(lossOf(store)?.last).toBe(Number.NEGATIVE_INFINITY);
  });

  it('one finding counts the lines that cannot be read', () => {
    const store = storeWithRun();
    ingestEvents(store, ['not JSON', stepEvent(1, { loss: 1 }), 'not JSON either']);
    ingestEvents(store, ['nor this'], { from: 3 });
    expect(runFindings(store, 'one')).toMatchObject([
      { code: 'R100', attempt: 1, at: { line: 1 }, data: { lines: 3, first_reason: 'not JSON' } },
    ]);
  });

  it('a warning repeated at each step is one finding, and two trainers in one file are noticed', () => {
    const store = storeWithRun();
    const warning = (seq: number): RunEvent => ({
      v: 1,
      seq,
      t: 1,
      type: 'warning',
      code: 'R050',
      message: 'slow',
    });
    const findingsOf = () => [{ code: 'R050', name: 'slow', severity: 'warning' as const, message: 'slow' }];
    ingestEvents(store, [warning(0), warning(1), warning(1)], { findingsOf });
    expect(runFindings(store, 'one').map((finding) => finding.code)).toEqual(['R050', 'R106']);
    expect(runEvents(store, 'one', { types: ['warning'] })).toHaveLength(3);
  });

  it('gives metrics of an evaluation a name of their own', () => {
    const store = storeWithRun();
    const base = { v: 1 as const, t: 1, step: 1, epoch: 1 };
    ingestEvents(store, [
      { ...base, seq: 0, type: 'eval', metrics: { loss: 2, eval_runtime: 1 } },
      stepEvent(1, { loss: 3 }),
    ]);
    expect(seriesSummaries(store, 'one').map((series) => series.name)).toEqual([
      'eval_loss',
      'eval_runtime',
      'loss',
    ]);
  });
});

describe('a resumed attempt', () => {
  function resumed(from: number | null): Store {
    const store = storeWithRun();
    ingestEvents(store, [
      helloEvent(1, null),
      ...Array.from({ length: 150 }, (_, i) => stepEvent(i + 1, { loss: i === 120 ? -5 : i + 1, rare: 1 })),
    ]);
    finishAttempt(store, 'one', 1, {
      outcome: 'lost',
      exitCode: null,
      signal: null,
      endedMs: 2000,
      failure: null,
      findings: [],
    });
    beginAttempt(store, 'one', {
      n: 2,
      token: 'one-2',
      host: 'local',
      scheduler: 'process',
      createdMs: 3000,
    });
    ingestEvents(store, [helloEvent(2, from)], { attempt: 2 });
    return store;
  }

  it('voids, at its first word, the steps after the one it takes up at', () => {
    const store = resumed(100);
    expect(getRun(store, 'one')?.step).toBe(100);
    expect(stepsOf(store).at(-1)).toBe(100);
    expect(lossOf(store)).toMatchObject({ points: 100, last: 100, min: 1, max: 100, max_step: 100 });
    ingestEvents(store, [stepEvent(101, { loss: 0.5 }, 1)], { attempt: 2, from: 1 });
    expect(lossOf(store)).toMatchObject({ points: 101, last: 0.5, min: 0.5, min_step: 101 });
    expect(listAttempts(store, 'one').map((attempt) => attempt.resumedFromStep)).toEqual([null, 100]);
  });

  it('that starts again removes all of them, and series that become empty', () => {
    const store = resumed(null);
    expect(seriesSummaries(store, 'one')).toEqual([]);
    expect(getRun(store, 'one')?.step).toBe(null);
  });

  it('keeps what older attempts said in words', () => {
    expect(runEvents(resumed(100), 'one').map((event) => event.run_attempt)).toEqual([1, 2]);
  });
});

describe('summaries and roll-ups', () => {
  it('match the points, for any order and pieces of the points', () => {
    const value = fc.oneof(
      fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    );
    const point = fc.record({ step: fc.nat(400), value });
    fc.assert(
      fc.property(fc.array(fc.array(point, { maxLength: 150 }), { maxLength: 5 }), (batches) => {
        const store = storeWithRun();
        let seq = 0;
        for (const batch of batches) {
          ingestEvents(
            store,
            batch.map(({ step, value: loss }, i) => stepEvent(step, { loss }, seq + i)),
            { from: seq },
          );
          seq += batch.length;
        }
        expectConsistent(store);
        store.close();
      }),
      { numRuns: 40 },
    );
  });
});

// Recomputes everything that is derived from the points, in the plainest way.
function expectConsistent(store: Store): void {
  const points = readSeries(store, 'one', 'loss', { maxPoints: 100_000 });
  const summary = lossOf(store);
  expect(summary === undefined).toBe(points.length === 0);
  if (!summary) return;
  const finite = points.filter((point) => Number.isFinite(point.last));
  const extreme = (pick: (...all: number[]) => number) => {
    const best = finite.length === 0 ? null : pick(...finite.map((point) => point.last));
    return { value: best, step: finite.find((point) => point.last === best)?.first_step ?? null };
  };
  const [min, max] = [extreme(Math.min), extreme(Math.max)];
  expect(summary).toEqual({
    name: 'loss',
    points: points.length,
    nonfinite: points.length - finite.length,
    last: points.at(-1)?.last,
    last_step: points.at(-1)?.last_step,
    min: min.value,
    min_step: min.step,
    max: max.value,
    max_step: max.step,
  });
  const rolls = store.db
    .prepare('SELECT points, first_step, last_step, sum_value FROM roll ORDER BY bucket')
    .all();
  const expected = [];
  for (let i = 0; i < points.length; i += rollSize) {
    const part = points.slice(i, i + rollSize);
    expected.push({
      points: part.length,
      first_step: part[0]?.first_step,
      last_step: part.at(-1)?.last_step,
      sum_value: part.reduce((sum, { last }) => (Number.isFinite(last) ? sum + last : sum), 0),
    });
  }
  expect(rolls).toEqual(expected);
}
