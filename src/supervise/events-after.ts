// The events of a run after a cursor, from the files, as far as they are on record. So an event that was told is in every
// later snapshot, and which process recorded it makes no difference.

import { redactorOf, redactValues } from '../diagnostics/secrets.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { readBytes } from '../hosts/read-files.ts';
import type { RunCursor } from '../run/cursor.ts';
import type { RunEvent } from '../run/events.ts';
import { type AttemptRow, listAttempts } from '../store/attempts.ts';
import { getRun, type RunRow } from '../store/runs.ts';
import { homeView, openAttempt } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { parseLine } from './drain-events.ts';
import { readLines } from './read-lines.ts';

export interface PlacedEvent {
  /** Without secrets. */
  event: RunEvent;
  attempt: number;
  /** Where the next event begins. */
  cursor: RunCursor;
}

export interface RunUpdate {
  events: PlacedEvent[];
  /** Where to go on; lines that are not events are left behind, too. */
  cursor: RunCursor;
  /** How the run stands with exactly the events up to `cursor`; null if more of them are on record. */
  row: RunRow | null;
}

/**
 * The next events after a cursor, about a megabyte of them at most. Called again with the cursor that it returned, it
 * gives each event once and in order, over all attempts. Throws UserError U101 if there is no such run any more.
 */
export async function eventsAfter(deps: SuperviseDeps, run: string, after: RunCursor): Promise<RunUpdate> {
  const { row, attempts } = deps.store.read(() => ({
    row: getRun(deps.store, run),
    attempts: listAttempts(deps.store, run),
  }));
  if (!row) throw new UserError('U101', `there is no run ${run} any more`);
  const found = nextRecorded(attempts, after);
  if (!found) return { events: [], cursor: caughtUp(attempts, after), row };
  const read = await readRecorded(deps, found);
  const more = nextRecorded(attempts, read.cursor) !== null;
  return { ...read, cursor: more ? read.cursor : caughtUp(attempts, read.cursor), row: more ? null : row };
}

interface Recorded {
  attempt: AttemptRow;
  from: number;
}

/** The attempt with the next recorded bytes after a cursor. */
function nextRecorded(attempts: readonly AttemptRow[], after: RunCursor): Recorded | null {
  for (const attempt of attempts) {
    const from = attempt.n === after.attempt ? after.bytes : 0;
    if (attempt.n >= after.attempt && from < attempt.eventBytes) return { attempt, from };
  }
  return null;
}

/** The same place, named by the latest attempt: an attempt only begins when all of the one before is on record. */
function caughtUp(attempts: readonly AttemptRow[], at: RunCursor): RunCursor {
  const latest = attempts.at(-1)?.n ?? 0;
  return latest > at.attempt ? { attempt: latest, bytes: 0 } : at;
}

async function readRecorded(
  deps: SuperviseDeps,
  { attempt, from }: Recorded,
): Promise<{ events: PlacedEvent[]; cursor: RunCursor }> {
  const { n, eventBytes } = attempt;
  const { host, paths } = homeView(await openAttempt(deps, attempt, from, null));
  const { lines } = await readLines(
    (at, length) => readBytes(host, paths.events, at, Math.max(0, Math.min(length, eventBytes - at))),
    from,
  );
  // The folder, or this file of it, is gone: there is nothing to tell.
  const end = lines.at(-1)?.end ?? eventBytes;
  const redact = redactorOf(deps.env);
  const events = lines.map(parseLine).flatMap(({ event, end: bytes }) => {
    if (!event) return [];
    // A step has nothing but numbers.
    const told = event.type === 'step' ? event : redactValues(event, redact);
    return [{ event: told, attempt: n, cursor: { attempt: n, bytes } }];
  });
  return { events, cursor: { attempt: n, bytes: end } };
}
