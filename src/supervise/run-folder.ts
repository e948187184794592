// Reading and writing the parts of a run folder that supervision needs.
// A workspace keeps the folders of all its runs on this machine; a run works in its folder on its host.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { readJson } from '../hosts/read-files.ts';
import { runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';
import { checkPlan } from '../run/plan.ts';
import { checkRecord, isRunId, type RunRecord } from '../run/record.ts';
import { planBytes, type RunFile, readRunJson } from '../run/run-file.ts';

/** plan.json of a run folder of the workspace. */
export function readPlanFile(runDir: string): RunFile<Plan> {
  return readRunJson(runPaths(runDir).plan, checkPlan, planBytes);
}

/** plan.json of a run folder on a host; null if it is missing or damaged. */
export async function readPlan(host: Host, runDir: string): Promise<Plan | null> {
  const read = await readJson(host, runPaths(runDir).plan, checkPlan, planBytes);
  return read.state === 'read' ? read.value : null;
}

/** run.json of a run folder of the workspace. */
export function readRecordFile(runDir: string): RunFile<RunRecord> {
  return readRunJson(runPaths(runDir).record, checkRecord);
}

/** Writes run.json in one step. */
export async function writeRecord(runDir: string, record: RunRecord): Promise<void> {
  await localHost.put(runPaths(runDir).record, `${JSON.stringify(record, null, 2)}\n`);
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

/** Numbers of the attempt folders of a run on a host, ascending. */
export async function attemptNumbers(host: Pick<Host, 'list'>, runDir: string): Promise<number[]> {
  return ((await host.list(runDir)) ?? [])
    .map(({ name }) => Number(/^attempt-([1-9]\d{0,5})$/.exec(name)?.[1]))
    .filter((n) => Number.isSafeInteger(n))
    .sort((a, b) => a - b);
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
