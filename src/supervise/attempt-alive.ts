// Whether anybody still works on an attempt, and whether anybody ever did.
import type { JobState } from '../schedulers/scheduler.ts';
import type { AttemptContext } from './attempt-context.ts';

/** How the attempt's job stands, as its scheduler tells it. */
export async function jobState(attempt: AttemptContext): Promise<JobState> {
  return await attempt.scheduler.state(attempt, (await attempt.file('launch'))?.handle ?? null);
}

/** Whether the attempt's job runs, or will. */
export async function isAttemptAlive(attempt: AttemptContext): Promise<boolean> {
  return (await jobState(attempt)).state !== 'gone';
}

/** Asks the attempt's job to stop, or kills it. False: nobody was there. */
export async function stopJob(attempt: AttemptContext, force: boolean): Promise<boolean> {
  return await attempt.scheduler.stop(attempt, (await attempt.file('launch'))?.handle ?? null, force);
}

/** Whether an attempt without a readable claim was started all the same: only a started one leaves these. */
export async function hasTraces({ host, paths, read }: AttemptContext): Promise<boolean> {
  if ((await read('trainer')).state !== 'missing' || (await read('exit')).state !== 'missing') return true;
  return (await host.stat(paths.events))?.kind === 'file';
}

/** It may have died days ago; what it wrote last, and the supervisor's heartbeat, say when. */
export async function lastSignOfLife({ host, paths }: AttemptContext): Promise<number | null> {
  const facts = await Promise.all([paths.claim, paths.events, paths.log].map((path) => host.stat(path)));
  const times = facts.flatMap((each) => each?.modifiedMs ?? []);
  return times.length > 0 ? Math.max(...times) : null;
}
