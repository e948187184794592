// Reading and writing the parts of a run folder that supervision needs.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Launcher } from '../launchers/launcher.ts';
import { localLauncher } from '../launchers/local.ts';
import { type AttemptFile, type AttemptFileKind, checkAttemptFile } from '../run/attempt-files.ts';
import { type AttemptPaths, runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';
import { checkPlan } from '../run/plan.ts';
import { checkRecord, isRunId, type RunRecord } from '../run/record.ts';
import { planBytes, type RunFile, readRunJson } from '../run/run-file.ts';

/** plan.json of a run folder. */
export function readPlanFile(runDir: string): RunFile<Plan> {
  return readRunJson(runPaths(runDir).plan, checkPlan, planBytes);
}

/** plan.json of a run folder; null if it is missing or damaged. */
export function readPlan(runDir: string): Plan | null {
  const read = readPlanFile(runDir);
  return read.state === 'read' ? read.value : null;
}

/** run.json of a run folder. */
export function readRecordFile(runDir: string): RunFile<RunRecord> {
  return readRunJson(runPaths(runDir).record, checkRecord);
}

/** Writes run.json in one step. */
export async function writeRecord(runDir: string, record: RunRecord): Promise<void> {
  await localLauncher.put(runPaths(runDir).record, `${JSON.stringify(record, null, 2)}\n`);
}

/** What run.json says if it is lost: the name and time of the plan (null: of the id), and no notes. */
export function recordFromPlan(runDir: string, plan: Plan | null): RunRecord {
  const id = basename(runDir);
  const [, day = '', hours = '', name] = /^(\d{8})-(\d{6})-(.+)-[0-9a-f]{4}$/.exec(id) ?? [];
  const stamp = `${day}${hours}`.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z');
  return {
    lorch: 1,
    id,
    name: plan?.name ?? name ?? id,
    created_ms: plan?.created_ms ?? (Date.parse(stamp) || 0),
    tags: [],
    notes: '',
    unreviewed: plan?.review.reason ?? null,
    cancelled_ms: null,
  };
}

/** One of an attempt's small files, wherever the attempt runs. */
export async function readAttemptFile<K extends AttemptFileKind>(
  launcher: Launcher,
  paths: AttemptPaths,
  kind: K,
): Promise<RunFile<AttemptFile<K>>> {
  const read = await launcher.readJson(paths[kind], (value) => checkAttemptFile(kind, value));
  // A copy of another attempt's folder: its token and its place are that one's.
  if (kind === 'launch' && read.state === 'read') {
    const { attempt } = read.value as AttemptFile<'launch'>;
    if (basename(paths.dir) !== `attempt-${attempt}`)
      return { state: 'damaged', reason: `it belongs to attempt ${attempt}` };
  }
  return read;
}

/** Numbers of the attempt folders, ascending. */
export function attemptNumbers(runDir: string): number[] {
  return entries(runDir)
    .map(({ name }) => Number(/^attempt-([1-9]\d{0,5})$/.exec(name)?.[1]))
    .filter((n) => Number.isSafeInteger(n))
    .sort((a, b) => a - b);
}

/** Names in an attempt's folder; null if it cannot be listed. */
export function attemptFiles(dir: string): ReadonlySet<string> | null {
  try {
    return new Set(readdirSync(dir));
  } catch {
    return null;
  }
}

/** Folders in `runsDir` that could be runs by their name. */
export function runFolders(runsDir: string): string[] {
  return entries(runsDir)
    .filter((entry) => entry.isDirectory() && isRunId(entry.name))
    .map((entry) => join(runsDir, entry.name))
    .sort();
}

function entries(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(code ?? '')) return [];
    throw error;
  }
}
