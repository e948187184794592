// One line a scheduler; a host names the one that starts jobs on it.
import { processScheduler } from './process.ts';
import type { Scheduler } from './scheduler.ts';

const schedulers: readonly Scheduler[] = [processScheduler];

/** The scheduler of that name; undefined if this version has none. */
export function findScheduler(name: string): Scheduler | undefined {
  return schedulers.find((scheduler) => scheduler.name === name);
}
