// The index made again from the run folders alone, beside the old one, which others read and write meanwhile. What
// changed in the folders until the new one takes its place is read once more, the last of it under the write lock.
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Finding } from '../diagnostics/finding.ts';
import { localHost } from '../hosts/local.ts';
import { runPaths } from '../run/layout.ts';
import type { RunRecord } from '../run/record.ts';
import type { RunFile } from '../run/run-file.ts';
import { type FreshIndex, openFreshIndex } from '../store/fresh-index.ts';
import { hasRun, indexedRuns } from '../store/indexed-runs.ts';
import { deleteRun, insertRun, recordRunFinding } from '../store/insert-run.ts';
import { writeAcross } from '../store/open-store.ts';
import { isStoreTrouble } from '../store/store-errors.ts';
import { runDirOf } from './attempt-context.ts';
import { onlyTrouble } from './controller-log.ts';
import { damagedFile } from './damaged-file.ts';
import type { SuperviseDeps } from './deps.ts';
import { restorePlace } from './queue/places.ts';
import { addAttempt } from './rebuild-attempt.ts';
import { attemptNumbers, readPlanFile, readRecordFile, recordFromPlan, runFolders } from './run-folder.ts';
import { waitForStore } from './wait-for-store.ts';

export interface RebuiltIndex {
  runs: number;
  attempts: number;
  /** Folders that could not be taken in, or not whole, and why. */
  findings: Finding[];
}

/** How long this process does nothing else. */
const breathMs = 100;

/** Makes the index again; `onRun` is told of each folder. One folder's trouble stops no other. */
export async function rebuildIndex(
  deps: SuperviseDeps,
  onRun?: (done: number, total: number) => void,
): Promise<RebuiltIndex> {
  const byFolder = new Map<string, RebuiltIndex>();
  // A database in memory has no folder, and no other process writes to it.
  const silent = { ...deps, log: onlyTrouble(deps.log) };
  if (deps.store.unwritable) await writeAcross(deps.store, () => addFolders(silent, byFolder, onRun));
  else {
    const fresh = await waitForStore(deps, async () => openFreshIndex(deps.store));
    try {
      await fillIndex(silent, fresh, byFolder, onRun);
    } finally {
      fresh.close();
    }
  }
  const all = [...byFolder.values()];
  const rebuilt: RebuiltIndex = {
    runs: all.reduce((sum, { runs }) => sum + runs, 0),
    attempts: all.reduce((sum, { attempts }) => sum + attempts, 0),
    findings: all.flatMap(({ findings }) => findings),
  };
  rebuilt.findings.sort((a, b) => (`${a.at?.file}` < `${b.at?.file}` ? -1 : 1));
  deps.log.info({ ...rebuilt, findings: rebuilt.findings.length }, 'index made again');
  return rebuilt;
}

async function fillIndex(
  deps: SuperviseDeps,
  fresh: FreshIndex,
  byFolder: Map<string, RebuiltIndex>,
  onRun?: (done: number, total: number) => void,
): Promise<void> {
  const into = { ...deps, store: fresh.store };
  const began = performance.now();
  // Of the file system's clock: a run folder may be on another machine than this process.
  // Some keep whole seconds, or every other.
  const coarseMs = fresh.madeMs % 1000 === 0 ? 2_000 : 50;
  const sinceMs = () => fresh.madeMs + (performance.now() - began) - coarseMs;
  let since = sinceMs();
  await writeAcross(fresh.store, () => addFolders(into, byFolder, onRun));
  fresh.settle();
  const again = (changedSince: number) => addChanged(into, byFolder, changedSince);
  const before = since;
  since = sinceMs();
  await writeAcross(fresh.store, () => again(before));
  await waitForStore(deps, () => fresh.publish(() => again(since)));
}

async function addFolders(
  deps: SuperviseDeps,
  byFolder: Map<string, RebuiltIndex>,
  onRun?: (done: number, total: number) => void,
  folders: readonly string[] = runFolders(deps.runsDir),
): Promise<void> {
  // A folder without its own run.json may be a copy of another: those are looked at last.
  const doubtful: string[] = [];
  let done = 0;
  let until = performance.now() + breathMs;
  const add = async (folder: string, certain: boolean): Promise<void> => {
    if (performance.now() > until) {
      await breathe();
      until = performance.now() + breathMs;
    }
    const record = readRecordFile(folder);
    if (certain && record.state !== 'read') return void doubtful.push(folder);
    byFolder.set(folder, await addSafely(deps, folder, record));
    onRun?.(++done, folders.length);
  };
  for (const folder of folders) await add(folder, true);
  for (const folder of doubtful) await add(folder, false);
}

/** Reads again what changed, came or went. */
async function addChanged(
  deps: SuperviseDeps,
  byFolder: Map<string, RebuiltIndex>,
  sinceMs: number,
): Promise<void> {
  const folders = runFolders(deps.runsDir);
  for (const run of indexedRuns(deps.store)) {
    const folder = runDirOf(deps, run);
    if (existsSync(folder)) continue;
    deleteRun(deps.store, run);
    byFolder.delete(folder);
  }
  const changed: string[] = [];
  for (const folder of folders)
    if (!byFolder.has(folder) || (await newestMs(folder)) >= sinceMs) changed.push(folder);
  await addFolders(deps, byFolder, undefined, changed);
}

/** When a run was last written to: files come by rename; only events are added to, and run.json may be edited. */
async function newestMs(folder: string): Promise<number> {
  const attempts = (await attemptNumbers(localHost, folder)).map((n) => join(folder, `attempt-${n}`));
  const paths = [
    folder,
    runPaths(folder).record,
    runPaths(folder).queue,
    ...attempts,
    ...attempts.map((attempt) => join(attempt, 'events.jsonl')),
  ];
  return Math.max(...paths.map(changedMs));
}

/** 0 for what cannot be looked at: a part of a damaged folder may be anything. */
function changedMs(path: string): number {
  try {
    return statSync(path).ctimeMs;
  } catch {
    return 0;
  }
}

async function addSafely(
  deps: SuperviseDeps,
  folder: string,
  record: RunFile<RunRecord>,
): Promise<RebuiltIndex> {
  const rebuilt: RebuiltIndex = { runs: 0, attempts: 0, findings: [] };
  try {
    await writeAcross(deps.store, () => addFolder(deps, folder, record, rebuilt));
    return rebuilt;
  } catch (error) {
    if (isStoreTrouble(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const finding: Finding = {
      code: 'R053',
      name: 'folder-not-read',
      severity: 'warning',
      message: `${basename(folder)} could not be added: ${reason}`,
      at: { file: folder },
    };
    return { runs: 0, attempts: 0, findings: [...rebuilt.findings, finding] };
  }
}

async function addFolder(
  deps: SuperviseDeps,
  folder: string,
  record: RunFile<RunRecord>,
  rebuilt: RebuiltIndex,
): Promise<void> {
  const run = basename(folder);
  const [plan, numbers] = [readPlanFile(folder), await attemptNumbers(localHost, folder)];
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
  restorePlace(deps, run, planned);
}

function skipped(folder: string, reason: string): Finding {
  return {
    code: 'R107',
    name: 'folder-skipped',
    severity: 'warning',
    message: `${basename(folder)} was skipped: ${reason}`,
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
