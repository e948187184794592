// A place in what a run says.

/**
 * After byte `bytes` of events.jsonl of attempt `attempt`. It names a place in the run folder and nothing of a process or
 * of the index, so it can be kept for as long as the folder, and every process understands it.
 */
export interface RunCursor {
  attempt: number;
  bytes: number;
}

/** Where attempt `n` begins; all attempts from the first by default. */
export function startOfAttempt(n = 1): RunCursor {
  return { attempt: n, bytes: 0 };
}
