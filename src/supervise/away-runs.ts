// Which runs worked on another host, and whether their results are here.
import type { Host } from '../hosts/host.ts';
import { attemptPaths } from '../run/layout.ts';
import { type AttemptRow, listAttempts } from '../store/attempts.ts';
import { hostNamed, runDirOf, runDirOn } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { readFetched } from './fetched-file.ts';
import { readHeard } from './heard.ts';

export interface AwayAttempt {
  attempt: AttemptRow;
  host: Host;
  /** The run folder there. */
  runDir: string;
}

type AwayDeps = Pick<SuperviseDeps, 'store' | 'runsDir' | 'findHost'>;

/** The latest attempt that a trainer began, if that was on another host. */
export function latestAway(deps: AwayDeps, run: string): AwayAttempt | null {
  const attempt = listAttempts(deps.store, run).findLast(({ state }) => state !== 'abandoned');
  if (!attempt) return null;
  const place = placeOf(deps, run, attempt.host);
  return place && { attempt, ...place };
}

/** Every other host that a run worked on, once. */
export function hostsOf(deps: AwayDeps, run: string): { host: Host; runDir: string }[] {
  const names = [...new Set(listAttempts(deps.store, run).map(({ host }) => host))];
  return names.flatMap((name) => placeOf(deps, run, name) ?? []);
}

/** Where the results of a run lie that has ended elsewhere, as long as they are not all here. */
export function unfetched(deps: AwayDeps, run: string): AwayAttempt | null {
  const latest = latestAway(deps, run);
  if (latest?.attempt.state !== 'finished') return null;
  return (readFetched(runDirOf(deps, run))?.attempt ?? 0) >= latest.attempt.n ? null : latest;
}

function placeOf(deps: AwayDeps, run: string, name: string): { host: Host; runDir: string } | null {
  const host = hostNamed(deps, name);
  if (!host) return null;
  const runDir = runDirOn(host, deps, run);
  return runDir === runDirOf(deps, run) ? null : { host, runDir };
}

/** How a run stands that worked on another host last, from the workspace alone. */
export interface AwayState {
  host: string;
  /** When the host last told something about it. */
  heard_ms: number;
  /** Whether its results are here; false as well while it is under way. */
  fetched: boolean;
  ended: boolean;
}

/** Null if its last attempt was on this machine, or its host has not told anything yet. */
export function awayState(
  { store, runsDir }: Pick<SuperviseDeps, 'store' | 'runsDir'>,
  run: string,
): AwayState | null {
  const attempt = listAttempts(store, run).findLast(({ state }) => state !== 'abandoned');
  if (!attempt) return null;
  const home = runDirOf({ runsDir }, run);
  const heardMs = readHeard(attemptPaths(home, attempt.n).dir);
  if (heardMs === null) return null;
  return {
    host: attempt.host,
    heard_ms: heardMs,
    fetched: (readFetched(home)?.attempt ?? 0) >= attempt.n,
    ended: attempt.state === 'finished',
  };
}
