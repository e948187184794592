// Leftovers of killed processes in the folder of runs: finishes what is complete and removes the rest.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { localHost } from '../../hosts/local.ts';
import { isRunning } from '../../hosts/pid.ts';
import { isRunId } from '../../run/record.ts';
import { hasRun, indexedRuns } from '../../store/indexed-runs.ts';
import { insertRun } from '../../store/insert-run.ts';
import { listRuns } from '../../store/runs.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { attemptNumbers, readPlanFile, readRecordFile } from '../../supervise/run-folder.ts';
import { isOwnerGone, ownerPattern } from '../files/process-owner.ts';
import { creatingMark } from './creating-mark.ts';
import { finishRemovals } from './remove-run.ts';

const work = new RegExp(`^\\..*\\.(${ownerPattern})\\.tmp$`);
/** Temporary databases: a probe, and an index that was being made. */
const probe = /^(?:\.wal-probe|lorch\.db\.new)-(\d+)-[0-9a-f]{8}/;

/** Removes partly made and partly removed run folders, and records complete ones that are not in the database yet. */
export async function sweepLeftovers(deps: SuperviseDeps): Promise<void> {
  const { runsDir } = deps;
  const known = new Set(indexedRuns(deps.store));
  for (const entry of readdirSync(runsDir, { withFileTypes: true })) {
    const path = join(runsDir, entry.name);
    if (entry.isDirectory() && isRunId(entry.name)) {
      if (!known.has(entry.name)) await adopt(deps, path);
      continue;
    }
    const owner = work.exec(entry.name)?.[1];
    if (owner !== undefined && isOwnerGone(owner)) await rm(path, { recursive: true, force: true });
    const pid = probe.exec(entry.name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(path, { force: true });
  }
  await finishRemovals(deps);
}

/** A run whose process was killed between renaming the folder and the end of the transaction. */
async function adopt(deps: SuperviseDeps, folder: string): Promise<void> {
  const mark = creatingMark(folder);
  if (!existsSync(mark) || !isOwnerGone(readFileSync(mark, 'utf8').trim())) return;
  const [plan, record] = [readPlanFile(folder), readRecordFile(folder)];
  if (plan.state !== 'read' || record.state !== 'read') return;
  if ((await attemptNumbers(localHost, folder)).length > 0) return;
  if (record.value.id !== basename(folder)) return;
  const { value } = record;
  deps.store.write(() => {
    if (!hasRun(deps.store, value.id)) insertRun(deps.store, plan.value, value);
  });
  rmSync(mark, { force: true });
  deps.log
    .run(value.id)
    .info({}, 'added to the record: the process that created it was killed before it did so');
}

/** How many of the last runs are checked for a missing report. */
const looksBack = 50;

/** Runs that ended before their report was written. */
export function withoutReport(deps: SuperviseDeps): string[] {
  return listRuns(deps.store, { limit: looksBack })
    .filter(({ id, status, attempts }) => {
      const dir = join(deps.runsDir, id);
      return (
        status.phase === 'finished' &&
        attempts > 0 &&
        existsSync(dir) &&
        !existsSync(join(dir, 'report.md')) &&
        readPlanFile(dir).state === 'read'
      );
    })
    .map(({ id }) => id);
}
