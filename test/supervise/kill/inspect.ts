// What must hold after a trial, whatever was killed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEvent, type RunEvent } from '../../../src/run/events.ts';
import { attemptPaths } from '../../../src/run/layout.ts';
import { statusWord } from '../../../src/run/status.ts';
import { listAttempts } from '../../../src/store/attempts.ts';
import { runEvents } from '../../../src/store/events.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { readSeries } from '../../../src/store/read-series.ts';
import { getRun } from '../../../src/store/runs.ts';
import { processesOf, type Victim } from './processes.ts';

export interface Trial {
  dir: string;
  runsDir: string;
  run: string;
  /** What the trainer leaves with. */
  code: number;
  /** What was really killed. */
  hit: Victim;
}

/** Everything that does not hold. */
export async function inspectTrial(trial: Trial): Promise<string[]> {
  const problems: string[] = [];
  const orphans = await orphansOf(trial.dir);
  if (orphans > 0) problems.push(`${orphans} processes left behind`);
  const store = openStore(join(trial.runsDir, 'lorch.db'));
  try {
    const written = await linesOf(store, trial);
    const launches = await launchesOf(trial);
    const killedTrainer = trial.hit === 'trainer' || trial.hit === 'both';
    if (launches !== 1 && !(launches === 0 && trial.hit !== 'none'))
      problems.push(`launched ${launches} times`);
    problems.push(...recordProblems(store, trial, written));
    const saidEnd = written.some((event) => event.type === 'end');
    const status = getRun(store, trial.run)?.status;
    const got =
      status?.phase === 'finished'
        ? `${statusWord(status)} ${status.exitCode ?? status.signal}`
        : 'unfinished';
    const allowed = allowedEnds(trial, saidEnd, launches, killedTrainer);
    if (!allowed.includes(got)) problems.push(`ended as ${got}, not ${allowed.join(' or ')}`);
    const sound = store.db.pragma('integrity_check', { simple: true });
    if (sound !== 'ok') problems.push(`integrity_check: ${String(sound)}`);
    const foreign = store.db.pragma('foreign_key_check') as unknown[];
    if (foreign.length > 0) problems.push('foreign_key_check fails');
  } finally {
    store.close();
  }
  return problems;
}

function allowedEnds(trial: Trial, saidEnd: boolean, launches: number, killedTrainer: boolean): string[] {
  const normal = trial.code === 0 ? 'succeeded 0' : `failed ${trial.code}`;
  const allowed: string[] = [];
  // Killed after its last word, the trainer counts as ended; killed before, it is known who killed it or it is lost.
  if (!killedTrainer || saidEnd) allowed.push(normal);
  if (killedTrainer) allowed.push('failed SIGKILL');
  if (trial.hit === 'both') allowed.push('lost null');
  // The supervisor died after it claimed and before it had started anything.
  if (trial.hit === 'shim' && launches === 0) allowed.push('lost null');
  return allowed;
}

// Row for row what the files hold: points in step order with their values, other events in line order.
function recordProblems(store: Store, trial: Trial, written: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  const steps = written.filter((event) => event.type === 'step');
  const points = readSeries(store, trial.run, 'loss', { maxPoints: 100_000 });
  const same =
    points.length === steps.length &&
    points.every((point, i) => point.first_step === steps[i]?.step && point.last === steps[i]?.metrics.loss);
  if (!same) problems.push(`${points.length} points on record, ${steps.length} steps written`);
  const others = written
    .filter((event) => event.type !== 'step')
    .map((event) => `${event.type} ${event.seq}`);
  const stored = runEvents(store, trial.run).map((event) => `${event.type} ${event.seq}`);
  if (stored.join() !== others.join())
    problems.push(`events on record: ${stored.join()}; written: ${others.join()}`);
  return problems;
}

async function linesOf(store: Store, trial: Trial): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (const { n } of listAttempts(store, trial.run)) {
    const file = attemptPaths(join(trial.runsDir, trial.run), n).events;
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (line === '') continue;
      const parsed = parseEvent(line);
      if (!parsed.ok) throw new Error(`${file}: ${parsed.reason}`);
      events.push(parsed.event);
    }
  }
  return events;
}

async function launchesOf(trial: Trial): Promise<number> {
  const text = await readFile(join(trial.runsDir, trial.run, 'launches'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '').length;
}

// A spawn that lost its claim takes a moment to notice.
async function orphansOf(dir: string): Promise<number> {
  for (let waited = 0; ; waited += 50) {
    const left = await processesOf(dir);
    if (left.length === 0) return 0;
    if (waited >= 5000) {
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      return left.length;
    }
    await sleep(50);
  }
}
