// Whether anybody still works on an attempt, and whether anybody ever did.
import type { ProcessIdentity } from '../run/attempt-files.ts';
import type { AttemptContext } from './attempt-context.ts';

/** Shim, trainer, or a process that will be the trainer in a moment. `shim`: null if the claim cannot tell. */
export async function isAttemptAlive(
  attempt: AttemptContext,
  shim: ProcessIdentity | null,
): Promise<boolean> {
  if (shim && (await attempt.launcher.isAlive(shim, attempt))) return true;
  const trainer = await attempt.file('trainer');
  if (trainer && (await attempt.launcher.isAlive(trainer, attempt))) return true;
  // The files say all there is to know.
  if (shim && trainer) return false;
  return (await attempt.launcher.findByToken(attempt.token)).some((each) => each.leader);
}

/** Whether an attempt without a readable claim was started all the same: only a started one leaves these. */
export async function hasTraces({ launcher, paths, read }: AttemptContext): Promise<boolean> {
  if ((await read('trainer')).state !== 'missing' || (await read('exit')).state !== 'missing') return true;
  return (await launcher.stat(paths.events)) !== null;
}

/** It may have died days ago; what it wrote last, and the supervisor's heartbeat, say when. */
export async function lastSignOfLife({ launcher, paths }: AttemptContext): Promise<number | null> {
  const facts = await Promise.all([paths.claim, paths.events, paths.log].map((file) => launcher.stat(file)));
  const times = facts.flatMap((each) => each?.modifiedMs ?? []);
  return times.length > 0 ? Math.max(...times) : null;
}
