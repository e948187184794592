// One attempt of a run, put on record as its folder shows it.
import type { ExitFile } from '../run/attempt-files.ts';
import type { Plan } from '../run/plan.ts';
import {
  abandonAttempt,
  beginAttempt,
  insertAttempt,
  markRunning,
  markStopping,
  runOfToken,
} from '../store/attempts.ts';
import { hasTraces } from './attempt-alive.ts';
import { type AttemptContext, openAttempt, readOnce } from './attempt-context.ts';
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
  const { run, plan, n } = found;
  const { row, copyOf } = await rowOf(deps, found);
  const opened = await openAttempt(deps, { run, ...row }, 0, plan);
  const attempt = readOnce(opened);
  const [claim, launch] = [await attempt.read('claim'), await attempt.read('launch')];
  const read = await attempt.read('exit');
  const exit = read.state === 'read' ? read.value : copyOf === null ? null : copied(copyOf, row.createdMs);
  const by = claim.state === 'read' ? claim.value.by : null;
  const started = by === 'shim' || (by === null && (await hasTraces(attempt)));
  if (by === null && !started && claim.state === 'missing') {
    if (launch.state !== 'read') return false;
    if (deps.now() - row.createdMs > timingOf(deps).watchdogMs) {
      // Its controller died between writing the folder and starting: nothing runs, and now nothing can.
      if (!(await claimForController(deps, opened))) return addAttempt(deps, found);
      return false;
    }
  }
  if (by === 'controller' && !exit) {
    insertAttempt(deps.store, run, row);
    abandonAttempt(deps.store, run, n, claim.state === 'read' ? claim.value.t : row.createdMs);
    return true;
  }
  if (!beginAttempt(deps.store, run, row)) {
    await settleUnended(deps, found);
    beginAttempt(deps.store, run, row);
  }
  if (started) {
    markRunning(deps.store, run, n, claim.state === 'read' ? claim.value.t : row.createdMs);
    if (!exit && (await attempt.file('stop'))) markStopping(deps.store, run);
    await drainEvents(deps, attempt.events);
  }
  if (exit) await settleAttempt(deps, attempt, exit);
  return true;
}

async function rowOf(deps: SuperviseDeps, { run, plan, n }: FoundAttempt) {
  const createdMs = plan?.created_ms ?? 0;
  const unknown = {
    n,
    token: `unknown-${run}-${n}`,
    launcher: plan?.resources.launcher ?? 'local',
    createdMs,
  };
  const launch = await (await openAttempt(deps, { run, ...unknown }, 0, plan)).file('launch');
  if (!launch) return { row: unknown, copyOf: null };
  const copyOf = runOfToken(deps.store, launch.token, { run, n });
  // The token names the processes of the other one.
  if (copyOf !== null)
    return { row: { ...unknown, launcher: launch.launcher, createdMs: launch.created_ms }, copyOf };
  return { row: attemptOf(launch), copyOf };
}

function copied(from: string, t: number): ExitFile {
  const lost = `the folder is a copy of ${from}, made while that ran`;
  return { by: 'controller', code: null, signal: null, error: null, asked: null, lost, t };
}

// A later attempt shows that the one before had ended, though its exit.json is missing now.
async function settleUnended(deps: SuperviseDeps, { run, plan, n, numbers }: FoundAttempt): Promise<void> {
  for (const before of numbers.filter((each) => each < n).reverse()) {
    const launcher = plan?.resources.launcher ?? 'local';
    const attempt: AttemptContext = await openAttempt(deps, { run, n: before, token: '', launcher }, 0, plan);
    if ((await attempt.read('claim')).state === 'missing' && !(await hasTraces(attempt))) continue;
    const t = (await attempt.file('launch'))?.created_ms ?? plan?.created_ms ?? 0;
    const lost = 'exit.json is missing';
    await settleAttempt(deps, attempt, {
      by: 'controller',
      code: null,
      signal: null,
      error: null,
      asked: null,
      lost,
      t,
    });
    return;
  }
}
