// The attempt that follows a failed one without anybody asking. It begins in the transaction that ends the failed one:
// whoever settles that, it is started once, and a controller that dies in between leaves a launch like any other.
import { localHost } from '../hosts/local.ts';
import type { Failure } from '../run/failure.ts';
import { attemptPaths } from '../run/layout.ts';
import { nextRetry } from '../run/retry-ladder.ts';
import { type AttemptContext, runDirOf } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { guardEnvironment } from './guard-environment.ts';
import { relaunchEnvironment } from './job-environment.ts';
import { nextLaunch } from './next-launch.ts';
import { forgetOwnLaunch, readOwnLaunch, recordOwnLaunch } from './own-launches.ts';
import type { PreparedAttempt } from './prepared-attempt.ts';
import { readPlan } from './run-folder.ts';
import { attemptOf, nextNumber, spawnAttempt } from './start-attempt.ts';
import { requireTrust } from './trusted-code.ts';

/** The attempt that goes on by itself after this failure, ready to begin; null if none does. */
export async function prepareRetry(
  deps: SuperviseDeps,
  attempt: AttemptContext,
  failure: Failure,
): Promise<PreparedAttempt | null> {
  const { run, n, host, runDir, away } = attempt;
  const home = runDirOf(deps, run);
  const plan = await readPlan(localHost, home);
  const retry =
    plan && nextRetry(plan, failure, { n, retry: (await attempt.file('launch'))?.retry ?? undefined });
  // Nothing in a run folder says what is started; what this user launched does.
  const own = retry && readOwnLaunch(deps, attempt.token, runDir, n);
  if (!retry || !own) return null;
  try {
    requireTrust(deps.env, home, plan);
  } catch {
    return null;
  }
  const next = await nextNumber(deps, host, run);
  const { python, shim, env } = own;
  const command = commandOf(own.command, next, JSON.stringify(retry));
  const launch = nextLaunch(deps, attempt, own, {
    attempt: next,
    command,
    gpus: plan.resources.gpus,
    retry,
  });
  const text = `${JSON.stringify(launch)}\n`;
  const files = [
    ...(away ? [{ on: localHost, file: attemptPaths(home, next).launch }] : []),
    { on: host, file: attemptPaths(runDir, next).launch },
  ];
  for (const { on, file } of files)
    if (!(await on.createOnce(file, text))) throw new BusyElsewhere(`attempt ${next} is being made`);
  recordOwnLaunch(deps, launch.token, {
    run_dir: runDir,
    attempt: next,
    ...{ python, shim, command, env },
  });
  return {
    row: attemptOf(launch),
    async start() {
      deps.log.run(run).warn({ attempt: next, retry }, `going on by itself after attempt ${n} failed`);
      const environment = { ...relaunchEnvironment(env, deps.env), ...guardEnvironment(host, plan) };
      await spawnAttempt(deps, run, launch, environment).catch((error: unknown) => {
        deps.log.run(run).error({ attempt: next, error: String(error) }, 'cannot be started');
      });
    },
    async discard() {
      forgetOwnLaunch(deps, launch.token);
      for (const { on, file } of files) await on.remove(file);
    },
  };
}

/** Another process is settling the same attempt; the next look shows what came of it. */
export class BusyElsewhere extends Error {}

function commandOf(command: readonly string[], n: number, retry: string): string[] {
  const words = [...command];
  for (const name of ['--retry', '--allow-changed']) {
    const at = words.lastIndexOf(name);
    if (at >= 0) words.splice(at, 2);
  }
  const at = words.lastIndexOf('--attempt');
  if (at >= 0) words[at + 1] = String(n);
  return [...words, '--retry', retry];
}
