// Runs put in the queue: new ones from plans, and those that failed or were stopped, to go on.
import { UserError } from '../../diagnostics/user-error.ts';
import { listGpus } from '../../hosts/gpus.ts';
import type { Host } from '../../hosts/host.ts';
import type { Plan } from '../../run/plan.ts';
import type { After } from '../../run/queue-file.ts';
import { latestAttempt } from '../../store/attempts.ts';
import { enterQueue, getWaiting, standing, type Waiting } from '../../store/queue.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { resolveSweep } from '../../store/resolve-sweep.ts';
import { requireHost, runDirOf } from '../../supervise/attempt-context.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { forgetOwnQueued, recordOwnQueued } from '../../supervise/queue/own-queue.ts';
import { keepPlace } from '../../supervise/queue/places.ts';
import { givesDevices, wantedOf } from '../../supervise/queue/take-devices.ts';
import { waitForStore } from '../../supervise/wait-for-store.ts';
import { requirePlan } from '../files/require-plan.ts';

export interface QueueOptions {
  priority: number;
  after: readonly After[];
  /** `--python`; null: the workspace's own. */
  python: string | null;
}

/** The runs that must end first. A sweep means all of its runs. Throws UserError U101, U102, R143. */
export function resolveAfter(
  { store }: Pick<SuperviseDeps, 'store'>,
  { ok, any }: { ok: readonly string[]; any: readonly string[] },
): After[] {
  const of = (refs: readonly string[], outcome: After['outcome']) =>
    refs.flatMap((ref) =>
      (resolveSweep(store, ref) ?? [resolveRun(store, ref)]).map((run) => ({ run, outcome })),
    );
  const after = [...of(ok, 'ok'), ...of(any, 'any')];
  for (const { run, outcome } of after) {
    const stands = standing(store, run);
    if (outcome === 'any' || stands?.phase !== 'finished' || stands.succeeded || getWaiting(store, run))
      continue;
    throw new UserError('R143', `run ${run} has ended without success, so nothing can wait for that`, {
      hint: `resume it first (lorch resume ${run} --queue), or use --after-any`,
    });
  }
  return after;
}

/** Lets runs wait for their turn, all or none, in this order. Throws UserError R130, R141 and what reading plans throws. */
export async function queueRuns(
  deps: SuperviseDeps,
  runs: readonly string[],
  { priority, after, python }: QueueOptions,
): Promise<void> {
  const plans = new Map<string, Plan>();
  for (const run of runs) plans.set(run, await requirePlan(runDirOf(deps, run)));
  await refuseTooMany(deps, [...plans.values()]);
  const entries = [...plans].map(([run, plan]): Omit<Waiting, 'place'> => {
    const others = after.filter((each) => each.run !== run);
    return {
      run,
      priority,
      queuedMs: deps.now(),
      held: null,
      after: others,
      afterAttempt: latestAttempt(deps.store, run)?.n ?? 0,
      host: plan.resources.host,
      ...wantedOf(plan),
    };
  });
  // Before it waits: the dispatcher may start it in the same moment.
  for (const run of runs) recordOwnQueued(deps, run, python);
  try {
    await waitForStore(deps, () => enterQueue(deps.store, entries));
  } catch (error) {
    for (const run of runs) forgetOwnQueued(deps, run);
    throw error;
  }
  for (const run of runs) await keepPlace(deps, run);
}

/** Throws UserError R130, or R141 if a host has fewer GPUs than a run wants. */
export async function refuseTooMany(
  deps: Pick<SuperviseDeps, 'findHost'>,
  plans: readonly Pick<Plan, 'resources'>[],
): Promise<void> {
  const wanted = new Map<string, number>();
  for (const { resources } of plans)
    wanted.set(resources.host, Math.max(resources.gpus, wanted.get(resources.host) ?? 0));
  for (const [name, gpus] of wanted) {
    const host: Host = requireHost(deps, name);
    if (gpus === 0 || !givesDevices(host)) continue;
    const found = await listGpus(host);
    if (found === null || found.length >= gpus) continue;
    const has = found.length === 0 ? 'no GPU' : found.length === 1 ? '1 GPU' : `${found.length} GPUs`;
    throw new UserError('R141', `host ${name} has ${has}, and the run wants ${gpus}`, {
      hint: `set resources.gpus: ${found.length}`,
    });
  }
}
