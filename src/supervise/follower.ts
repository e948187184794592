// Records one run for all who watch it in this process.
import { runPhase } from '../store/runs.ts';
import { type Bell, createBell } from './bell.ts';
import type { SuperviseDeps } from './deps.ts';
import { followRun } from './follow-run.ts';

/** A place at a run's follower. */
export interface Seat {
  /** Rings when there may be something new on record, and when the follower ends. */
  readonly bell: Pick<Bell, 'rings' | 'next'>;
  /** The run has ended, or can be recorded no longer, or the workspace is closed. */
  readonly over: boolean;
  /** Resolves once it is over, or on `signal`. Rejects with what keeps the run from being recorded. */
  end(signal?: AbortSignal): Promise<void>;
  /** The follower ends with its last seat. */
  leave(): void;
}

export interface Follower {
  /** It has ended or is about to: who comes now waits for the next one. */
  readonly leaving: boolean;
  takeSeat(): Seat;
  /** Ends it under those who sit there. */
  stop(): void;
  /** Resolves once it does not use the database any more; never rejects. */
  readonly done: Promise<void>;
}

export interface FollowerOptions {
  /** Of the same run; the new one begins when it is done. */
  before: Follower | undefined;
  /** Called if the run ends, before those who sit there are told that it is over. */
  onEnded(run: string): Promise<void>;
  /** Called when it is over. */
  onOver(follower: Follower): void;
}

/** Begins to follow a run. */
export function startFollower(
  deps: SuperviseDeps,
  run: string,
  { before, onEnded, onOver }: FollowerOptions,
): Follower {
  const bell = createBell();
  const leaving = new AbortController();
  let seats = 0;
  let over = false;
  let failure: { error: unknown } | null = null;

  const record = async (): Promise<void> => {
    await before?.done;
    // A run that has ended is told about like any other; nothing is left to record.
    if (leaving.signal.aborted || runPhase(deps.store, run) === 'finished') return;
    await followRun(deps, run, { signal: leaving.signal, onChange: bell.ring });
    if (leaving.signal.aborted) return;
    leaving.abort();
    await onEnded(run);
  };

  const follower: Follower = {
    get leaving() {
      return leaving.signal.aborted;
    },
    takeSeat() {
      seats += 1;
      return {
        bell,
        get over() {
          return over;
        },
        async end(signal) {
          for (;;) {
            const { rings } = bell;
            if (over || signal?.aborted) break;
            await bell.next(rings, signal);
          }
          if (failure) throw failure.error;
        },
        leave() {
          seats -= 1;
          if (seats === 0) leaving.abort();
        },
      };
    },
    stop: () => leaving.abort(),
    done: record()
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        leaving.abort();
        over = true;
        onOver(follower);
        bell.ring();
      }),
  };
  return follower;
}
