// The life of a run: queued → launching → running → stopping → finished with one outcome.

export type RunPhase = 'queued' | 'launching' | 'running' | 'stopping' | 'finished';
export type RunOutcome = 'succeeded' | 'failed' | 'cancelled' | 'lost';

/** A run's status; each phase has its own fields. */
export type RunStatus =
  | { phase: 'queued' | 'launching' | 'running' | 'stopping' }
  | { phase: 'finished'; outcome: RunOutcome; exitCode: number | null; signal: string | null };

/** One word for tables: the phase, or the outcome of a finished run. */
export function statusWord(status: RunStatus): string {
  return status.phase === 'finished' ? status.outcome : status.phase;
}
