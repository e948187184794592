// The outcome of a run, from the end of its attempt.
import type { ExitFile } from './attempt-files.ts';
import type { RunEventOf } from './events.ts';
import type { RunOutcome } from './status.ts';

/** The exit code of a trainer that saved a checkpoint after SIGTERM. */
const exitStopped = 143;

export interface AttemptEnd {
  exit: ExitFile;
  /** The trainer's `end` event, if there is one. */
  end: RunEventOf<'end'> | null;
  /** Somebody asked for the stop through lorch (stop.json). */
  stopRequested: boolean;
}

const signalNames: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};

/** `SIGKILL` for 9; `signal 40` for one without a portable name. */
export function signalName(number: number | null): string | null {
  return number === null ? null : (signalNames[number] ?? `signal ${number}`);
}

/**
 * The outcome of a finished attempt. Exit code 0 counts only together with the trainer's `end` event: some libraries
 * catch a stop and exit with 0 in the middle of training.
 */
export function decideOutcome({ exit, end, stopRequested }: AttemptEnd): RunOutcome {
  const asked = stopRequested || exit.asked !== null;
  if (exit.lost !== undefined) return asked ? 'cancelled' : 'lost';
  if (exit.code === 0 && end?.outcome === 'succeeded') return 'succeeded';
  if (exit.code === exitStopped && (asked || end?.outcome === 'stopped')) return 'cancelled';
  if (exit.code === null && exit.error === null && exit.signal === null) return 'cancelled';
  if (asked && exit.signal !== null && [2, 15].includes(exit.signal)) return 'cancelled';
  if (stopRequested && exit.signal === 9) return 'cancelled';
  return 'failed';
}
