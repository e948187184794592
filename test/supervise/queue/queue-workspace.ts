// A workspace whose queue is worked on by dispatchers that are processes of their own.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queueRuns } from '../../../src/app/runs/queue-runs.ts';
import type { Plan } from '../../../src/run/plan.ts';
import type { After } from '../../../src/run/queue-file.ts';
import { python, type TestWorkspace, trainerDir, trainers } from '../workspace.ts';

export interface DispatcherProcess {
  child: ChildProcess;
  /** What `dispatch` returned; null if it was killed. */
  ended: Promise<string | null>;
}

export interface StartedDispatcher {
  trainer?: string;
  cpuSlots?: number;
  env?: Record<string, string>;
  watchdogMs?: number;
}

/** Starts a dispatcher with the sources in `compiled`. */
export function startDispatcher(
  workspace: TestWorkspace,
  compiled: string,
  { trainer = 'brief', cpuSlots = 1, env = {}, watchdogMs = 3000 }: StartedDispatcher = {},
): DispatcherProcess {
  const spec = {
    runsDir: workspace.runsDir,
    env: { ...workspace.deps.env, ...env },
    python,
    trainerDir,
    trainer: join(trainers, `${trainer}.py`),
    cpuSlots,
    timing: { watchdogMs },
  };
  const script = join(import.meta.dirname, 'dispatcher.mjs');
  const child = spawn(process.execPath, [script, compiled, JSON.stringify(spec)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stdout?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once('close', (code) => resolve(code === 0 ? said.trim() : null));
  });
  return { child, ended };
}

export interface QueuedRun {
  priority?: number;
  after?: After[];
  plan?: Partial<Plan>;
}

/** Makes a run and queues it. */
export async function addQueued(
  workspace: TestWorkspace,
  name: string,
  { priority = 0, after = [], plan = {} }: QueuedRun = {},
): Promise<string> {
  await workspace.addRun(name, plan);
  await queueRuns(workspace.deps, [name], { priority, after, python: null });
  return name;
}

/** When runs began and ended, as test/fixtures/trainers/brief.py wrote it. */
export async function readOrder(
  workspace: TestWorkspace,
): Promise<{ what: 'begin' | 'end'; run: string; t: number }[]> {
  const text = await readFile(join(workspace.dir, 'order'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [what = '', run = '', t = ''] = line.split(' ');
      return { what: what as 'begin' | 'end', run, t: Number(t) };
    });
}
