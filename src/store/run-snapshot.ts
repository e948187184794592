// The recorded state of one run at one moment, with the position up to which it includes events.
import { type RunCursor, startOfAttempt } from '../run/cursor.ts';
import { type AttemptRow, listAttempts } from './attempts.ts';
import { runEvents, type StoredEvent } from './events.ts';
import { type RunFinding, runFindings } from './findings.ts';
import type { Store } from './open-store.ts';
import { getRun, type RunRow } from './runs.ts';
import { type SeriesSummary, seriesSummaries } from './series-summary.ts';

export interface RunState {
  row: RunRow;
  /** The first one first. */
  attempts: AttemptRow[];
  findings: RunFinding[];
  /** All but steps, evals and memory, which are series. */
  events: StoredEvent[];
  series: SeriesSummary[];
}

export interface RunSnapshot {
  state: RunState;
  /** The events up to here are in `state`, and no others. */
  cursor: RunCursor;
}

/**
 * A run's state and the cursor that goes with it, of the same moment: state and the events after the cursor are the whole,
 * whoever records the run meanwhile. Null if there is no such run. To read more of the same moment, call it inside
 * `store.read`.
 */
export function snapshotRun(store: Store, run: string): RunSnapshot | null {
  return store.read(() => {
    const row = getRun(store, run);
    if (!row) return null;
    const attempts = listAttempts(store, run);
    const state: RunState = {
      row,
      attempts,
      findings: runFindings(store, run),
      events: runEvents(store, run),
      series: seriesSummaries(store, run),
    };
    return { state, cursor: recordedUpTo(attempts) };
  });
}

/** How far the events of these attempts are on record. */
export function recordedUpTo(attempts: readonly AttemptRow[]): RunCursor {
  const last = attempts.at(-1);
  return last ? { attempt: last.n, bytes: last.eventBytes } : startOfAttempt();
}
