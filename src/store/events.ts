// Events other than points, stored as the trainer wrote them.
import type { RunEvent, RunEventOf } from '../run/events.ts';
import type { Store } from './open-store.ts';

/** An event with the attempt it came from and its line in events.jsonl. */
export type StoredEvent<T extends RunEvent['type'] = RunEvent['type']> = RunEventOf<T> & {
  run_attempt: number;
  line: number;
};

interface EventRow {
  n: number;
  line: number;
  seq: number;
  t: number;
  type: string;
  body: string;
}

/** A run's events of the given types (all that are stored, by default), in order. Steps, evals and memory are series. */
export function runEvents<T extends RunEvent['type']>(
  store: Store,
  run: string,
  options: { types?: readonly T[]; attempt?: number } = {},
): StoredEvent<T>[] {
  const rows = store
    .statement(
      `SELECT n, line, seq, t, type, body FROM event
         JOIN attempt ON attempt.id = attempt_id JOIN run ON run.id = run_id
       WHERE run.uid = ? AND (? IS NULL OR n = ?) AND (? IS NULL OR type IN (SELECT value FROM json_each(?)))
       ORDER BY n, line`,
    )
    .all(
      run,
      options.attempt ?? null,
      options.attempt ?? null,
      ...(options.types ? [1, JSON.stringify(options.types)] : [null, '[]']),
    ) as EventRow[];
  return rows.flatMap((row) => eventOf<T>(row) ?? []);
}

function eventOf<T extends RunEvent['type']>({ n, line, seq, t, type, body }: EventRow) {
  const said = parseBody(body);
  return said && ({ v: 1, seq, t, type, ...said, run_attempt: n, line } as unknown as StoredEvent<T>);
}

// Earlier versions could damage a body while removing a secret; `lorch db rebuild` reads the line again.
function parseBody(body: string): object | null {
  try {
    return JSON.parse(body) as object;
  } catch {
    return null;
  }
}

/** The last event of a type in one attempt. */
export function lastEvent<T extends RunEvent['type']>(
  store: Store,
  run: string,
  attempt: number,
  type: T,
): StoredEvent<T> | null {
  const rows = store
    .statement(
      `SELECT n, line, seq, t, type, body FROM event
         JOIN attempt ON attempt.id = attempt_id JOIN run ON run.id = run_id
       WHERE run.uid = ? AND n = ? AND type = ? ORDER BY line DESC`,
    )
    .all(run, attempt, type) as EventRow[];
  for (const row of rows) {
    const event = eventOf<T>(row);
    if (event) return event;
  }
  return null;
}
