// A position in the events of a run.

/**
 * The position after byte `bytes` of events.jsonl of attempt `attempt`. It depends only on the run folder, not on a process or
 * the index, so it is valid as long as the folder exists, and in every process.
 */
export interface RunCursor {
  attempt: number;
  bytes: number;
}

/** Where attempt `n` begins; all attempts from the first by default. */
export function startOfAttempt(n = 1): RunCursor {
  return { attempt: n, bytes: 0 };
}
