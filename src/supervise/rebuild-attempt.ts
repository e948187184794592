// One attempt of a run, put on record as its folder shows it.
import { localHost } from '../hosts/local.ts';
import { controllerExit } from '../run/attempt-files.ts';
import type { Plan } from '../run/plan.ts';
import {
  abandonAttempt,
  beginAttempt,
  insertAttempt,
  markRunning,
  markStopping,
  runOfToken,
} from '../store/attempts.ts';
import { insertLeases } from '../store/leases.ts';
import { hasTraces } from './attempt-alive.ts';
import { homeView, hostNamed, openAttempt, readOnce } from './attempt-context.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { drainEvents } from './drain-events.ts';
import { claimForController } from './relaunch.ts';
import { settleAttempt } from './settle-attempt.ts';
import { attemptOf } from './start-attempt.ts';

export interface FoundAttempt {
  run: string;
  /** Null: it cannot be read. */
  plan: Plan | null;
  n: number;
  /** Of all attempt folders, ascending. */
  numbers: readonly number[];
}

/** False: the folder holds an attempt that never began. */
export async function addAttempt(deps: SuperviseDeps, found: FoundAttempt): Promise<boolean> {
  const { run, n } = found;
  const { attempt, row, copyOf, away } = await openFound(deps, found);
  const [claim, launch] = [await attempt.read('claim'), await attempt.read('launch')];
  const read = await attempt.read('exit');
  const exit = read.state === 'read' ? read.value : copyOf === null ? null : copied(copyOf, row.createdMs);
  const devices = launch.state === 'read' ? (launch.value.resources?.devices ?? []) : [];
  const by = claim.state === 'read' ? claim.value.by : null;
  const started = by === 'shim' || (by === null && (await hasTraces(attempt)));
  if (by === null && !started && claim.state === 'missing') {
    if (launch.state !== 'read') return false;
    // Whether it started on another host, only that one knows; whoever follows the run asks.
    if (!away && deps.now() - row.createdMs > timingOf(deps).watchdogMs) {
      // Its controller died between writing the folder and starting: nothing runs, and now nothing can.
      const now = await openAttempt(deps, { run, ...row }, 0, found.plan);
      if (!(await claimForController(deps, now))) return addAttempt(deps, found);
      return false;
    }
  }
  // A later attempt shows that this one was given up.
  const replaced = away && by === null && !started && found.numbers.some((each) => each > n);
  if ((by === 'controller' || replaced) && !exit) {
    insertAttempt(deps.store, run, row);
    insertLeases(deps.store, run, n, devices);
    abandonAttempt(deps.store, run, n, claim.state === 'read' ? claim.value.t : row.createdMs);
    return true;
  }
  if (!beginAttempt(deps.store, run, row)) {
    await settleUnended(deps, found);
    beginAttempt(deps.store, run, row);
  }
  insertLeases(deps.store, run, n, devices);
  if (started) {
    markRunning(deps.store, run, n, claim.state === 'read' ? claim.value.t : row.createdMs);
    if (!exit && (await attempt.file('stop'))) markStopping(deps.store, run);
    await drainEvents(deps, attempt.events);
  }
  if (exit) await settleAttempt(deps, attempt, exit);
  return true;
}

/** The attempt with what goes on record of it, and the run that it is a copy of. */
async function openFound(deps: SuperviseDeps, { run, plan, n }: FoundAttempt) {
  const createdMs = plan?.created_ms ?? 0;
  const unknown = { n, token: `unknown-${run}-${n}`, ...placeOf(deps, plan), createdMs };
  const opened = await openAttempt(deps, { run, ...unknown }, 0, plan);
  const attempt = readOnce(homeView(opened));
  const launch = await attempt.file('launch');
  if (!launch) return { attempt, row: unknown, copyOf: null, away: opened.away };
  const copyOf = runOfToken(deps.store, launch.token, { run, n });
  // The token names the processes of the other one.
  const row = { ...attemptOf(launch), ...(copyOf !== null && { token: unknown.token }) };
  if (row.host === unknown.host && row.scheduler === unknown.scheduler)
    return { attempt: { ...attempt, token: row.token }, row, copyOf, away: opened.away };
  const there = await openAttempt(deps, { run, ...row }, 0, plan);
  return { attempt: readOnce(homeView(there)), row, copyOf, away: there.away };
}

/** Where an attempt ran that left no launch.json. */
function placeOf(deps: SuperviseDeps, plan: Plan | null): { host: string; scheduler: string } {
  const host = plan?.resources.host ?? localHost.name;
  return { host, scheduler: (hostNamed(deps, host) ?? localHost).scheduler };
}

function copied(from: string, t: number) {
  return controllerExit({ t, lost: `the folder is a copy of ${from}, made while that ran` });
}

// A later attempt shows that the one before had ended, though its exit.json is missing now.
async function settleUnended(deps: SuperviseDeps, { run, plan, n, numbers }: FoundAttempt): Promise<void> {
  for (const before of numbers.filter((each) => each < n).reverse()) {
    const there = await openAttempt(deps, { run, n: before, token: '', ...placeOf(deps, plan) }, 0, plan);
    const attempt = homeView(there);
    if ((await attempt.read('claim')).state === 'missing' && !(await hasTraces(attempt))) continue;
    const t = (await attempt.file('launch'))?.created_ms ?? plan?.created_ms ?? 0;
    await settleAttempt(deps, attempt, controllerExit({ t, lost: 'exit.json is missing' }));
    return;
  }
}
