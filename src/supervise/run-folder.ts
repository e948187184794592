// Reading and writing the parts of a run folder that supervision needs.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launcher } from '../launchers/launcher.ts';
import { localLauncher } from '../launchers/local.ts';
import type { AttemptFile, AttemptFileKind } from '../run/attempt-files.ts';
import { parseAttemptFile } from '../run/attempt-files.ts';
import { type AttemptPaths, runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';
import { parseRunRecord, type RunRecord } from '../run/record.ts';

const maxJsonBytes = 64 * 1024 * 1024;

/** plan.json of a run folder; null where it is missing or is not a plan. */
export async function readPlan(runDir: string): Promise<Plan | null> {
  const value = parseJson(await readText(runPaths(runDir).plan));
  return isPlan(value) ? value : null;
}

/** run.json of a run folder; null where it is missing or damaged. */
export async function readRecord(runDir: string): Promise<RunRecord | null> {
  const text = await readText(runPaths(runDir).record);
  return text === null ? null : parseRunRecord(text);
}

/** Writes run.json in one step. */
export async function writeRecord(runDir: string, record: RunRecord): Promise<void> {
  await localLauncher.put(runPaths(runDir).record, `${JSON.stringify(record, null, 2)}\n`);
}

/** One of an attempt's small files, wherever the attempt runs; null where it is missing or incomplete. */
export async function readAttemptFile<K extends AttemptFileKind>(
  launcher: Launcher,
  paths: AttemptPaths,
  kind: K,
): Promise<AttemptFile<K> | null> {
  const bytes = await launcher.read(paths[kind], 0, maxJsonBytes);
  return bytes.length === 0 ? null : parseAttemptFile(kind, bytes.toString('utf8'));
}

/** Numbers of the attempt folders, ascending. */
export async function attemptNumbers(runDir: string): Promise<number[]> {
  const names = await readdir(runDir).catch(() => []);
  return names
    .map((name) => Number(/^attempt-([1-9]\d*)$/.exec(name)?.[1]))
    .filter((n) => Number.isSafeInteger(n))
    .sort((a, b) => a - b);
}

/** Folders in `runsDir` that could be runs: they hold a plan.json. */
export async function runFolders(runsDir: string): Promise<string[]> {
  const entries = await readdir(runsDir, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(runsDir, entry.name))
    .sort();
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}

function parseJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// As much as the index needs; the rest of a plan is read by whoever shows it.
function isPlan(value: unknown): value is Plan {
  const plan = value as Partial<Plan> | null;
  return (
    typeof plan === 'object' &&
    plan?.lorch === 1 &&
    typeof plan.name === 'string' &&
    typeof plan.plan_hash === 'string' &&
    typeof plan.base_model?.id === 'string' &&
    typeof plan.dataset?.fingerprint === 'string' &&
    typeof plan.forecast === 'object' &&
    typeof plan.resources === 'object' &&
    Array.isArray(plan.findings)
  );
}
