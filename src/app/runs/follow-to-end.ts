// Follows a run to its end.
import { UserError } from '../../diagnostics/user-error.ts';
import type { RunEvent } from '../../run/events.ts';
import type { Store } from '../../store/open-store.ts';
import { getRun, type RunRow } from '../../store/runs.ts';
import type { Followers, FollowRequest } from '../../supervise/followers.ts';

export interface EndRequest extends FollowRequest {
  onEvent?(event: RunEvent): void;
  /** How the run stands, at once and whenever that changes. */
  onRow?(row: RunRow): void;
}

/** Follows until the run ends, or until `signal`; returns its state. The report is written by then. */
export async function followToEnd(
  { store, followers }: { store: Store; followers: Followers },
  run: string,
  { onEvent, onRow, ...request }: EndRequest = {},
): Promise<RunRow> {
  let row: RunRow | null = null;
  for await (const update of followers.follow(run, request)) {
    for (const { event } of update.events) onEvent?.(event);
    if (!update.row) continue;
    row = update.row;
    onRow?.(row);
  }
  row ??= getRun(store, run);
  if (!row) throw new UserError('U101', `there is no run ${run} any more`);
  return row;
}
