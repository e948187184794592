// One trial: a run whose controller, supervisor and trainer are killed at random moments, and what must hold then.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { samplePlan, sampleRecord } from '../../store/sample-run.ts';
import { python, trainerDir, trainers } from '../workspace.ts';
import { inspectTrial } from './inspect.ts';
import { processesOf, type Victim } from './processes.ts';

export interface TrialResult {
  number: number;
  /** What was done, when (s). */
  story: string;
  kills: number;
  /** Empty: everything held. */
  problems: string[];
}

interface Action {
  at: number;
  victim: Victim | 'controller';
}

const run = 'victim';

/** A small seeded generator (mulberry32): the same seed kills at the same moments. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export async function runTrial(number: number, seed: number, compiled: string): Promise<TrialResult> {
  const random = seededRandom(seed * 100_003 + number);
  const pick = <T>(...items: T[]): T => items[Math.floor(random() * items.length)] as T;
  const between = (low: number, high: number) => low + random() * (high - low);
  const code = pick(0, 0, 3, 7);
  const victim = pick<Victim>('none', 'none', 'none', 'trainer', 'shim', 'both');
  // The first kills are biased to the launch: making the database, writing down the intent, spawning, claiming.
  const actions: Action[] = Array.from({ length: pick(0, 1, 1, 2, 3, 4) }, () => ({
    at: pick(between(0.1, 0.6), between(0.1, 2)),
    victim: 'controller',
  }));
  if (victim !== 'none') actions.push({ at: between(0.25, 1.7), victim });
  actions.sort((a, b) => a.at - b.at);

  const dir = await mkdtemp(join(tmpdir(), 'lorch-kill-'));
  const runsDir = join(dir, 'runs');
  await mkdir(join(runsDir, run), { recursive: true });
  const plan = samplePlan(run);
  await writeFile(join(runsDir, run, 'plan.json'), JSON.stringify(plan));
  await writeFile(join(runsDir, run, 'code'), String(code));
  const spec = {
    runsDir,
    python,
    trainerDir,
    trainer: join(trainers, 'many_events.py'),
    plan,
    record: sampleRecord(run),
  };
  const errors: string[] = [];
  const start = () => startController(compiled, JSON.stringify(spec), errors);

  let controller = start();
  let kills = 0;
  let hit: Victim = 'none';
  const started = performance.now();
  for (const action of actions) {
    await sleep(Math.max(0, action.at * 1000 - (performance.now() - started)));
    if (action.victim === 'controller') {
      kills += killController(controller, random() < 0.5);
      await ended(controller);
      await sleep(pick(0, 0, 50, 400));
      controller = start();
    } else {
      const killed = await killPart(dir, action.victim);
      kills += killed.count;
      if (killed.count > 0) hit = killed.hit;
    }
  }
  const problems: string[] = [];
  if (!(await ended(controller, 90_000))) {
    problems.push('the last controller did not end');
    killController(controller, true);
  }
  problems.push(...(await inspectTrial({ dir, runsDir, run, code, hit })));
  if (errors.length > 0 && problems.length > 0) problems.push(`stderr: ${errors.join('').slice(-600)}`);
  const story = `code ${code}, hit ${hit}, ${actions.map((a) => `${a.at.toFixed(3)} ${a.victim}`).join(', ')}`;
  if (problems.length === 0) await rm(dir, { recursive: true, force: true });
  else problems.push(`kept in ${dir}`);
  return { number, story, kills, problems };
}

function startController(compiled: string, spec: string, errors: string[]): ChildProcess {
  const script = join(import.meta.dirname, 'controller.mjs');
  const child = spawn(process.execPath, [script, compiled, spec], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr?.on('data', (data: Buffer) => errors.push(data.toString()));
  return child;
}

function killController(controller: ChildProcess, wholeGroup: boolean): number {
  if (controller.exitCode !== null || controller.signalCode !== null || !controller.pid) return 0;
  try {
    process.kill(wholeGroup ? -controller.pid : controller.pid, 'SIGKILL');
    return 1;
  } catch {
    return 0;
  }
}

async function ended(controller: ChildProcess, withinMs = 10_000): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += 10) {
    if (controller.exitCode !== null || controller.signalCode !== null) return true;
    await sleep(10);
  }
  return false;
}

async function killPart(dir: string, victim: Victim): Promise<{ count: number; hit: Victim }> {
  const all = await processesOf(dir);
  const shims = victim === 'trainer' ? [] : all.filter((each) => each.part === 'shim');
  const trainersFound = victim === 'shim' ? [] : all.filter((each) => each.part === 'trainer');
  let count = 0;
  for (const { pid } of [...shims, ...trainersFound])
    try {
      process.kill(pid, 'SIGKILL');
      count += 1;
    } catch {
      // it ended by itself just now
    }
  const hit = shims.length > 0 && trainersFound.length > 0 ? 'both' : shims.length > 0 ? 'shim' : 'trainer';
  return { count, hit };
}
