// From plans to runs: shows, refuses or creates them, then launches them one after another. A command and a page differ only in
// how they show this.
import { UserError } from '../../diagnostics/user-error.ts';
import type { Plan } from '../../run/plan.ts';
import { statusWord } from '../../run/status.ts';
import type { RunRow } from '../../store/runs.ts';
import { askToStop } from '../../supervise/ask-to-stop.ts';
import type { LaunchDeps, SuperviseDeps } from '../../supervise/deps.ts';
import { startAttempt } from '../../supervise/start-attempt.ts';
import type { MadePlans } from '../plan/make-plan.ts';
import { refusalOf } from '../plan/refuse-plans.ts';
import { createRun } from './create-run.ts';
import { type QueueOptions, queueRuns, refuseTooMany } from './queue-runs.ts';
import { findRemovable, removeRuns } from './remove-run.ts';

/** The state of a run when the command stopped following it. */
export interface StartedRun {
  run: string;
  /** `launched` if it was not followed. */
  status: string;
}

export interface LaunchOptions {
  /** Launch and do not follow. */
  detach: boolean;
  onLaunched(run: string): void;
  /** Follows a run from the start of this attempt to its end. `interrupted`: the user wants no more runs. */
  follow(run: string, attempt: number): Promise<{ row: RunRow; interrupted: boolean }>;
}

export interface TrainOptions extends LaunchOptions {
  /** The plans, before anything is refused; `refusal` is the error that will be thrown, null if there is none. */
  onPlans(plans: readonly Plan[], refusal: UserError | null): void;
}

/**
 * Creates and launches the runs of these plans; all or none are created. Removes the plans' working folder.
 * Throws UserError P001, V020–V022, U112, and what creating and launching throw.
 */
export async function train(deps: LaunchDeps, made: MadePlans, options: TrainOptions): Promise<StartedRun[]> {
  return await launchRuns(deps, await createRuns(deps, made, options), options);
}

/**
 * Creates the runs of these plans and queues them, all or none; returns their ids. Removes the plans' working folder.
 * Throws UserError P001, V020–V022, R130, R141, and what creating throws.
 */
export async function trainQueued(
  deps: SuperviseDeps,
  made: MadePlans,
  { queue, ...options }: Pick<TrainOptions, 'onPlans'> & { queue: QueueOptions },
): Promise<string[]> {
  const runs = await createRuns(deps, made, { ...options, detach: false }, (plans) =>
    refuseTooMany(deps, plans),
  );
  try {
    await queueRuns(deps, runs, queue);
  } catch (error) {
    await takeBack(deps, runs);
    throw error;
  }
  return runs;
}

async function createRuns(
  deps: SuperviseDeps,
  made: MadePlans,
  options: Pick<TrainOptions, 'onPlans' | 'detach'>,
  check: (plans: readonly Plan[]) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const runs: string[] = [];
  try {
    const plans = made.plans.map(({ plan }) => plan);
    const refusal = refusalOf(plans, options);
    options.onPlans(plans, refusal);
    if (refusal) throw refusal;
    await check(plans);
    for (const planned of made.plans) runs.push(await createRun(deps, planned));
    return runs;
  } catch (error) {
    await takeBack(deps, runs);
    throw error;
  } finally {
    await made.dispose();
  }
}

/**
 * Launches new runs one after another. After an interruption the waiting runs are cancelled. If
 * one cannot be started, it and the waiting runs are removed, because repeating the failed command makes new ones.
 */
export async function launchRuns(
  deps: LaunchDeps,
  runs: readonly string[],
  { detach, onLaunched, follow }: LaunchOptions,
): Promise<StartedRun[]> {
  const started: StartedRun[] = [];
  for (const [i, run] of runs.entries()) {
    const attempt = await startAttempt(deps, run).catch(async (error: unknown) => {
      await takeBack(deps, runs.slice(i));
      throw error;
    });
    onLaunched(run);
    if (detach) {
      started.push({ run, status: 'launched' });
      continue;
    }
    const { interrupted, row } = await follow(run, attempt);
    started.push({ run, status: statusWord(row.status) });
    if (!interrupted) continue;
    for (const waiting of runs.slice(i + 1)) {
      await askToStop(deps, waiting);
      started.push({ run: waiting, status: 'cancelled' });
    }
    break;
  }
  return started;
}

/** Removes new runs that were never started; a run with an attempt is kept, because it shows why it failed. */
async function takeBack(deps: SuperviseDeps, runs: readonly string[]): Promise<void> {
  for (const run of runs)
    try {
      const unstarted = (await findRemovable(deps, [run])).filter(({ attempts }) => attempts === 0);
      await removeRuns(deps, unstarted);
    } catch (error) {
      deps.log.run(run).warn({ error: String(error) }, 'a run that was never started cannot be removed');
    }
}

/** `--unreviewed`; null if not given. The run keeps the text for ever, so secrets are removed from it. Throws UserError U111. */
export function unreviewedReason(said: string | undefined, redact: (text: string) => string): string | null {
  if (said === undefined) return null;
  const reason = redact(said).trim();
  if (reason) return reason;
  throw new UserError('U111', '--unreviewed needs a reason', { hint: 'e.g. --unreviewed "smoke test"' });
}
