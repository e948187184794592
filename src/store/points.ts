// Writing points, with the summary of each series and its roll-ups kept in step, inside the caller's transaction.
import { storedValue } from './flags.ts';
import { insertRows } from './insert-rows.ts';
import type { Store } from './open-store.ts';
import {
  addToRoll,
  emptyRoll,
  type Roll,
  type RollRow,
  rebuildRolls,
  rollColumns,
  rollOf,
  rollSize,
  writeRoll,
} from './rolls.ts';
import { type OpenSeries, openSeries, summarise, writeSummary } from './series-summary.ts';

export interface PointWriter {
  /** A point at `step`; one that is there already is replaced. */
  add(name: string, step: number, t: number, value: number): void;
  /** Writes points, summaries and open roll-ups; call once, before the transaction ends. */
  flush(): void;
}

interface Touched {
  series: OpenSeries;
  /** Points in order that are not written yet, one after another as columns. */
  pending: (number | null)[];
  roll: Roll | null;
  /** The lowest step written out of order: from there on everything is made again at the end. */
  dirtyFrom: number | null;
}

/** A writer for one run, for the length of one transaction. */
export function createPointWriter(store: Store, runId: number): PointWriter {
  const touched = new Map<string, Touched>();
  const replace = store.statement(
    'INSERT OR REPLACE INTO point (series_id, step, t, value, flag) VALUES (?, ?, ?, ?, ?)',
  );

  const touch = (name: string): Touched => {
    const known = touched.get(name);
    if (known) return known;
    const series = openSeries(store, runId, name);
    const made: Touched = { series, pending: [], roll: openRoll(store, series), dirtyFrom: null };
    touched.set(name, made);
    return made;
  };

  return {
    add(name, step, t, value) {
      const at = touch(name);
      const { series } = at;
      const inOrder = at.dirtyFrom === null && (series.lastStep === null || step > series.lastStep);
      if (!inOrder) {
        writePending(store, at);
        replace.run(series.id, step, t, ...storedValue(value));
        at.dirtyFrom = Math.min(at.dirtyFrom ?? step, step);
        return;
      }
      at.pending.push(series.id, step, t, ...storedValue(value));
      if (at.roll?.points === rollSize) {
        writeRoll(store, series.id, at.roll);
        at.roll = null;
      }
      at.roll ??= emptyRoll(Math.floor(series.points / rollSize), step);
      addToRoll(at.roll, step, value);
      addToSummary(series, step, value);
    },
    flush() {
      for (const at of touched.values()) {
        const { series, roll, dirtyFrom } = at;
        writePending(store, at);
        if (roll) writeRoll(store, series.id, roll);
        if (dirtyFrom === null) writeSummary(store, series);
        else {
          rebuildRolls(store, series.id, dirtyFrom);
          summarise(store, series.id);
        }
      }
      touched.clear();
    },
  };
}

function writePending(store: Store, at: Touched): void {
  insertRows(store, 'INSERT INTO point (series_id, step, t, value, flag)', 5, at.pending);
  at.pending = [];
}

/**
 * Removes what a dead attempt wrote after `step`: the attempt that resumes there writes those steps again.
 * The raw lines stay in the dead attempt's events.jsonl.
 */
export function dropPointsAfter(store: Store, runId: number, step: number): void {
  const late = store
    .statement('SELECT id FROM series WHERE run_id = ? AND last_step > ?')
    .pluck()
    .all(runId, step) as number[];
  for (const id of late) {
    store.statement('DELETE FROM point WHERE series_id = ? AND step > ?').run(id, step);
    rebuildRolls(store, id, step + 1);
    summarise(store, id);
  }
}

function addToSummary(series: OpenSeries, step: number, value: number): void {
  series.points += 1;
  series.lastStep = step;
  series.last = value;
  if (!Number.isFinite(value)) {
    series.nonfinite += 1;
    return;
  }
  if (series.min === null || value < series.min) {
    series.min = value;
    series.minStep = step;
  }
  if (series.max === null || value > series.max) {
    series.max = value;
    series.maxStep = step;
  }
}

function openRoll(store: Store, series: OpenSeries): Roll | null {
  if (series.points % rollSize === 0) return null;
  const row = store
    .statement(`SELECT ${rollColumns} FROM roll WHERE series_id = ? AND bucket = ?`)
    .get(series.id, Math.floor(series.points / rollSize)) as RollRow | undefined;
  return row ? rollOf(row) : null;
}
