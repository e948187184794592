// The index made again from the run folders alone, run by run, in short transactions: others read and write meanwhile,
// and see of each run either what was there or what is new.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../diagnostics/finding.ts';
import { hasRun, indexedRuns } from '../store/indexed-runs.ts';
import { deleteRun, insertRun, recordRunFinding } from '../store/insert-run.ts';
import { writeAcross } from '../store/open-store.ts';
import { isStoreTrouble } from '../store/store-errors.ts';
import { runDirOf } from './attempt-context.ts';
import { damagedFile } from './damaged-file.ts';
import type { SuperviseDeps } from './deps.ts';
import { addAttempt } from './rebuild-attempt.ts';
import { attemptNumbers, readPlanFile, readRecordFile, recordFromPlan, runFolders } from './run-folder.ts';
import { waitForStore } from './wait-for-store.ts';

export interface RebuiltIndex {
  runs: number;
  attempts: number;
  /** Folders that could not be taken in, or not whole, and why. */
  findings: Finding[];
}

/** How long others are kept waiting, and how long they then have. */
const batchMs = 200;
const pauseMs = 25;

/** Makes the index again; `onRun` is told of each folder. One folder's trouble stops no other. */
export async function rebuildIndex(
  deps: SuperviseDeps,
  onRun?: (done: number, total: number) => void,
): Promise<RebuiltIndex> {
  const folders = runFolders(deps.runsDir);
  const rebuilt: RebuiltIndex = { runs: 0, attempts: 0, findings: [] };
  // A folder without its own run.json may be a copy of another: those are looked at last.
  const doubtful: string[] = [];
  let done = 0;
  const add = async (folder: string, certain: boolean): Promise<void> => {
    if (certain && readRecordFile(folder).state !== 'read') return void doubtful.push(folder);
    await addSafely(deps, folder, rebuilt);
    onRun?.(++done, folders.length);
  };
  await inBatches(deps, folders, (folder) => add(folder, true));
  await inBatches(deps, doubtful, (folder) => add(folder, false));
  await inBatches(deps, indexedRuns(deps.store), async (run) => {
    if (!existsSync(runDirOf(deps, run))) deleteRun(deps.store, run);
  });
  rebuilt.findings.sort((a, b) => (`${a.at?.file}` < `${b.at?.file}` ? -1 : 1));
  deps.log.info({ ...rebuilt, findings: rebuilt.findings.length }, 'index made again');
  return rebuilt;
}

async function inBatches(
  deps: SuperviseDeps,
  items: readonly string[],
  work: (item: string) => Promise<void>,
): Promise<void> {
  for (let next = 0; next < items.length; ) {
    if (next > 0) await sleep(pauseMs);
    await waitForStore(deps, () =>
      writeAcross(deps.store, async () => {
        const until = performance.now() + batchMs;
        for (; next < items.length && performance.now() < until; next += 1) await work(items[next] ?? '');
      }),
    );
  }
}

async function addSafely(deps: SuperviseDeps, folder: string, rebuilt: RebuiltIndex): Promise<void> {
  const { runs, attempts } = rebuilt;
  try {
    await writeAcross(deps.store, () => addFolder(deps, folder, rebuilt));
  } catch (error) {
    if (isStoreTrouble(error)) throw error;
    Object.assign(rebuilt, { runs, attempts });
    const reason = error instanceof Error ? error.message : String(error);
    rebuilt.findings.push({
      code: 'R053',
      name: 'folder-not-read',
      severity: 'warning',
      message: `${basename(folder)} could not be taken in: ${reason}`,
      at: { file: folder },
    });
  }
}

async function addFolder(deps: SuperviseDeps, folder: string, rebuilt: RebuiltIndex): Promise<void> {
  const run = basename(folder);
  const [plan, record, numbers] = [readPlanFile(folder), readRecordFile(folder), attemptNumbers(folder)];
  // Removed by somebody else a moment ago, or never a run.
  if (plan.state === 'missing' && record.state === 'missing' && numbers.length === 0) {
    if (existsSync(folder)) rebuilt.findings.push(skipped(folder, 'it has no plan.json'));
    return;
  }
  if (record.state === 'read' && record.value.id !== run) {
    rebuilt.findings.push(skipped(folder, `its run.json belongs to ${record.value.id}`));
    return;
  }
  if (record.state !== 'read') rebuilt.findings.push(recordLost(folder));
  const planned = plan.state === 'read' ? plan.value : null;
  if (hasRun(deps.store, run)) deleteRun(deps.store, run);
  insertRun(deps.store, planned, record.state === 'read' ? record.value : recordFromPlan(folder, planned));
  if (plan.state !== 'read') {
    const lost = damagedFile('plan.json', plan.state === 'missing' ? 'it is missing' : plan.reason);
    recordRunFinding(deps.store, run, 0, lost);
    rebuilt.findings.push({ ...lost, message: `${run}: ${lost.message}`, at: { file: folder } });
  }
  rebuilt.runs += 1;
  for (const n of numbers)
    if (await addAttempt(deps, { run, plan: planned, n, numbers })) rebuilt.attempts += 1;
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
