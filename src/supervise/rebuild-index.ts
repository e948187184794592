// The index made again from the run folders alone, in one transaction: whoever reads meanwhile sees the old one.
import { basename } from 'node:path';
import type { Finding } from '../diagnostics/finding.ts';
import type { ExitFile } from '../run/attempt-files.ts';
import type { Plan } from '../run/plan.ts';
import type { RunRecord } from '../run/record.ts';
import { abandonAttempt, beginAttempt, insertAttempt, markRunning, markStopping } from '../store/attempts.ts';
import { clearIndex, insertRun } from '../store/insert-run.ts';
import { writeAcross } from '../store/open-store.ts';
import { openAttempt } from './attempt-context.ts';
import { type SuperviseDeps, timingOf } from './deps.ts';
import { drainEvents } from './drain-events.ts';
import { claimForController } from './relaunch.ts';
import { attemptNumbers, readPlan, readRecord, runFolders } from './run-folder.ts';
import { settleAttempt } from './settle-attempt.ts';
import { attemptOf } from './start-attempt.ts';

export interface RebuiltIndex {
  runs: number;
  attempts: number;
  /** Folders that could not be taken in, and why. */
  findings: Finding[];
}

/** Makes the index again; `onRun` is told of each folder. */
export async function rebuildIndex(
  deps: SuperviseDeps,
  onRun?: (done: number, total: number) => void,
): Promise<RebuiltIndex> {
  const folders = await runFolders(deps.runsDir);
  const rebuilt: RebuiltIndex = { runs: 0, attempts: 0, findings: [] };
  await writeAcross(deps.store, async () => {
    clearIndex(deps.store);
    for (const [i, folder] of folders.entries()) {
      await addFolder(deps, folder, rebuilt);
      onRun?.(i + 1, folders.length);
    }
  });
  deps.log.info({ ...rebuilt }, 'index made again');
  return rebuilt;
}

async function addFolder(deps: SuperviseDeps, folder: string, rebuilt: RebuiltIndex): Promise<void> {
  const plan = await readPlan(folder);
  if (!plan) {
    rebuilt.findings.push(skipped(folder, 'it has no readable plan.json'));
    return;
  }
  const record = await readRecord(folder);
  if (record && record.id !== basename(folder)) {
    rebuilt.findings.push(skipped(folder, `its run.json belongs to ${record.id}`));
    return;
  }
  if (!record) rebuilt.findings.push(recordLost(folder));
  const known = record ?? recordFromPlan(folder, plan);
  insertRun(deps.store, plan, known);
  rebuilt.runs += 1;
  for (const n of await attemptNumbers(folder))
    if (await addAttempt(deps, known.id, plan, n)) rebuilt.attempts += 1;
}

/** False: the folder holds an attempt that never began. */
async function addAttempt(deps: SuperviseDeps, run: string, plan: Plan, n: number): Promise<boolean> {
  const unknown = { run, n, token: `unknown-${run}-${n}`, launcher: plan.resources.launcher };
  const launch = await (await openAttempt(deps, unknown, 0, plan)).file('launch');
  const row = launch ? attemptOf(launch) : { ...unknown, createdMs: plan.created_ms };
  const attempt = await openAttempt(deps, { run, ...row }, 0, plan);
  const claim = await attempt.file('claim');
  const exit = await attempt.file('exit');
  if (!claim && !launch) return false;
  if (!claim && deps.now() - row.createdMs > timingOf(deps).watchdogMs) {
    // Its controller died between writing the folder and starting: nothing runs, and now nothing can.
    if (!(await claimForController(deps, attempt))) return addAttempt(deps, run, plan, n);
    return false;
  }
  if (claim?.by === 'controller' && !exit) {
    insertAttempt(deps.store, run, row);
    abandonAttempt(deps.store, run, n, claim.t);
    return true;
  }
  if (!beginAttempt(deps.store, run, row)) {
    await settleUnended(deps, run, plan, n);
    beginAttempt(deps.store, run, row);
  }
  if (claim?.by === 'shim') {
    markRunning(deps.store, run, n, claim.t);
    if (!exit && (await attempt.file('stop'))) markStopping(deps.store, run);
    await drainEvents(deps, attempt.events);
  }
  if (exit) await settleAttempt(deps, attempt, exit);
  return true;
}

// A later attempt shows that the one before had ended, though its exit.json is missing now.
async function settleUnended(deps: SuperviseDeps, run: string, plan: Plan, before: number): Promise<void> {
  for (let n = before - 1; n > 0; n -= 1) {
    const attempt = await openAttempt(
      deps,
      { run, n, token: '', launcher: plan.resources.launcher },
      0,
      plan,
    );
    if (!(await attempt.file('claim'))) continue;
    const t = (await attempt.file('launch'))?.created_ms ?? plan.created_ms;
    const lost = 'exit.json is missing';
    const exit: ExitFile = { by: 'controller', code: null, signal: null, error: null, asked: null, lost, t };
    await settleAttempt(deps, attempt, exit);
    return;
  }
}

function recordFromPlan(folder: string, plan: Plan): RunRecord {
  return {
    lorch: 1,
    id: basename(folder),
    name: plan.name,
    created_ms: plan.created_ms,
    tags: [],
    notes: '',
    unreviewed: plan.review.reason,
    cancelled_ms: null,
  };
}

function skipped(folder: string, reason: string): Finding {
  return {
    code: 'R107',
    name: 'folder-skipped',
    severity: 'warning',
    message: `${basename(folder)} was left out: ${reason}`,
    at: { file: folder },
  };
}

function recordLost(folder: string): Finding {
  return {
    code: 'R108',
    name: 'record-lost',
    severity: 'warning',
    message: `${basename(folder)} has no readable run.json; its name and time come from the plan, notes and tags are empty`,
    at: { file: folder },
  };
}
