// Who follows which run in this process. A run has one follower, which records it, however many watch; each of them reads
// on from its own cursor when it is ready for more.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { systemFailure } from '../diagnostics/system-failure.ts';
import type { RunCursor } from '../run/cursor.ts';
import { listAttempts } from '../store/attempts.ts';
import { recordedUpTo } from '../store/run-snapshot.ts';
import type { RunRow } from '../store/runs.ts';
import { storeFailure } from '../store/store-errors.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { eventsAfter, type RunUpdate } from './events-after.ts';
import { type Follower, type Seat, startFollower } from './follower.ts';

export interface FollowRequest {
  /** By default what is on record when following begins. */
  after?: RunCursor;
  /** Ends the following, not the run. */
  signal?: AbortSignal;
}

export interface Followers {
  /**
   * The run's events after a cursor, each once and in order, and how it stands: the first update says so at once, later
   * ones when something changed. Ends with the run, on `signal`, or when the workspace is closed.
   */
  follow(run: string, request?: FollowRequest): AsyncGenerator<RunUpdate, void>;
  /** Keeps the run recorded, without reading its events. */
  join(run: string): Seat;
  isFollowed(run: string): boolean;
  /** Ends all of them, and resolves once none uses the database any more. */
  close(): Promise<void>;
}

/** No run is followed yet. `onEnded` is called for each run that ends while it is followed. */
export function createFollowers(
  deps: SuperviseDeps,
  onEnded: (run: string) => Promise<void> = async () => undefined,
): Followers {
  const followers = new Map<string, Follower>();
  let closed = false;

  const join = (run: string): Seat => {
    if (closed) throw new Error('the workspace is closed');
    const known = followers.get(run);
    if (known && !known.leaving) return known.takeSeat();
    const onOver = (over: Follower): void => {
      if (followers.get(run) === over) followers.delete(run);
    };
    const follower = startFollower(deps, run, { before: known, onEnded, onOver });
    followers.set(run, follower);
    return follower.takeSeat();
  };

  const readAfter = async (run: string, after: RunCursor | undefined): Promise<RunUpdate> =>
    await eventsAfter(deps, run, after ?? recordedUpTo(listAttempts(deps.store, run)));

  /** A database that is locked, a disk that fails: as long as the follower waits for better times, so do we. */
  const trouble = async (error: unknown, seat: Seat): Promise<null> => {
    if (!storeFailure(error) && !systemFailure(error)) throw error;
    if (!seat.over) return null;
    await seat.end();
    throw error;
  };

  async function* follow(run: string, { after, signal }: FollowRequest = {}) {
    const seat = join(run);
    try {
      let cursor = after;
      let told: RunRow | null = null;
      while (!closed && !signal?.aborted) {
        // Both are asked before reading: what comes between is then seen the next time round.
        const { rings } = seat.bell;
        const { over } = seat;
        const update = await readAfter(run, cursor).catch((error: unknown) => trouble(error, seat));
        if (!update) {
          await sleep(timingOf(deps).pollMs);
          continue;
        }
        cursor = update.cursor;
        if (update.events.length > 0 || (update.row && !isDeepStrictEqual(update.row, told))) yield update;
        if (!update.row) continue;
        told = update.row;
        if (over) return await seat.end();
        await seat.bell.next(rings, signal);
      }
    } finally {
      seat.leave();
    }
  }

  return {
    follow,
    join,
    isFollowed: (run) => followers.get(run)?.leaving === false,
    async close() {
      closed = true;
      const all = [...followers.values()];
      for (const follower of all) follower.stop();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}
