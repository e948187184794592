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
  if (exit.lost !== undefined) return stopRequested ? 'cancelled' : 'lost';
  if (exit.code === 0 && end?.outcome === 'succeeded') return 'succeeded';
  if (exit.code === null && exit.error === null && exit.signal === null && !exit.guard) return 'cancelled';
  if (!stopRequested) return 'failed';
  if (exit.code === exitStopped) return 'cancelled';
  return exit.signal !== null && [2, 9, 15].includes(exit.signal) ? 'cancelled' : 'failed';
}

/** Whether somebody else than lorch asked the attempt to end: the machine shuts down, or a batch system takes it back. */
export function wasPreempted({ exit, end, stopRequested }: AttemptEnd): boolean {
  if (stopRequested || exit.guard || exit.lost !== undefined || exit.error !== null) return false;
  if (exit.code === exitStopped) return exit.asked !== null || end?.outcome === 'stopped';
  return exit.signal === 15 || (exit.asked !== null && exit.signal === 2);
}
