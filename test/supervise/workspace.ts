// A workspace in a temporary folder, whose runs are trained by the small programs of test/fixtures/trainers.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type EndRequest, followToEnd } from '../../src/app/runs/follow-to-end.ts';
import { localHost } from '../../src/hosts/local.ts';
import { findByEnvironment } from '../../src/hosts/processes.ts';
import { startOfAttempt } from '../../src/run/cursor.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import type { Plan } from '../../src/run/plan.ts';
import { listAttempts } from '../../src/store/attempts.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import type { RunRow } from '../../src/store/runs.ts';
import { createControllerLog } from '../../src/supervise/controller-log.ts';
import type { LaunchDeps, SuperviseDeps } from '../../src/supervise/deps.ts';
import { createFollowers } from '../../src/supervise/followers.ts';
import { registerRun } from '../../src/supervise/register-run.ts';
import { samplePlan, sampleRecord } from '../store/sample-run.ts';

export const trainers = resolve(import.meta.dirname, '../fixtures/trainers');
export const trainerDir = resolve(import.meta.dirname, '../../src/trainer');
export const python = process.env.LORCH_TEST_PYTHON ?? 'python3';

export interface TestWorkspace {
  dir: string;
  runsDir: string;
  deps: LaunchDeps;
  store: Store;
  /** A queued run; returns its id. */
  addRun(name: string, plan?: Partial<Plan>): Promise<string>;
  /** Supervision as another process with its own connection would do it. */
  another(changes?: Partial<LaunchDeps>): LaunchDeps;
  runDir(run: string): string;
  /** How often a trainer of this run was really started. */
  launches(run: string): Promise<number>;
  /** Processes that carry the token of any attempt of the run. */
  processes(run: string): Promise<number[]>;
  close(): Promise<void>;
}

/** `trainer` is the file name of a program in test/fixtures/trainers, without `.py`. */
export async function makeWorkspace(
  trainer: string,
  changes: Partial<LaunchDeps> = {},
): Promise<TestWorkspace> {
  const dir = await mkdtemp(join(tmpdir(), 'lorch-run-'));
  const runsDir = join(dir, 'runs');
  await mkdir(runsDir);
  const stores: Store[] = [];
  const another = (more: Partial<LaunchDeps> = {}): LaunchDeps => {
    const store = openStore(join(runsDir, 'lorch.db'));
    stores.push(store);
    return {
      store,
      runsDir,
      env: { PATH: process.env.PATH, HOME: dir },
      now: () => Date.now(),
      log: createControllerLog(runsDir, (text) => text),
      timing: { pollMs: 10, aliveEveryMs: 50, goneAfterMs: 150 },
      pythonOn: async () => ({ executable: python, env: {}, trainerDir }),
      trainerCommand: (runDir, n) => [
        python,
        '-B',
        '-S',
        join(trainers, `${trainer}.py`),
        runDir,
        '--attempt',
        String(n),
      ],
      ...changes,
      ...more,
    };
  };
  const deps = another();
  const runDir = (run: string) => join(runsDir, run);
  return {
    dir,
    runsDir,
    deps,
    store: deps.store,
    another,
    runDir,
    async addRun(name, plan = {}) {
      const made = samplePlan(name, plan);
      await mkdir(runDir(name));
      await writeFile(join(runDir(name), 'plan.json'), JSON.stringify(made));
      await registerRun(deps, made, sampleRecord(name, { tags: ['b', 'a'], notes: 'a note' }));
      return name;
    },
    async launches(run) {
      const text = await readFile(join(runDir(run), 'launches'), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '').length;
    },
    async processes(run) {
      const tokens = listAttempts(deps.store, run).map((attempt) => attempt.token);
      const found = await Promise.all(
        tokens.map((token) => findByEnvironment(localHost, `LORCH_ATTEMPT=${token}`)),
      );
      return found.flat().map((each) => each.pid);
    },
    async close() {
      for (const store of stores) store.close();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Follows a run from its first event to its end, or until `signal`. */
export function follow(deps: SuperviseDeps, run: string, request: EndRequest = {}): Promise<RunRow> {
  const { store } = deps;
  return followToEnd({ store, followers: createFollowers(deps) }, run, {
    after: startOfAttempt(),
    ...request,
  });
}

/** Waits until `read` gives something other than null, undefined or false. */
export async function until<T>(
  read: () => Promise<T | null | undefined | false> | T | null | undefined | false,
): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined && value !== false) return value;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

/** A JSON file of an attempt folder; null while it is not there. */
export async function attemptJson(
  workspace: TestWorkspace,
  run: string,
  n: number,
  kind: 'claim' | 'trainer' | 'exit' | 'launch' | 'stop',
): Promise<Record<string, unknown> | null> {
  const text = await readFile(attemptPaths(workspace.runDir(run), n)[kind], 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}
