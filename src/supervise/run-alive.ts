// Whether a process of a run lives, whatever is on record and whatever state its folder is in.
import { localHost } from '../hosts/local.ts';
import { listAttempts, runOfToken } from '../store/attempts.ts';
import { isAttemptAlive } from './attempt-alive.ts';
import { homeView, openAttempt, runDirOf } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { attemptNumbers } from './run-folder.ts';

/** A start takes a moment in which no process can be seen. */
const startMs = 60_000;

/** `active`: on record, the run is under way. Then an attempt that was begun just now counts as alive too. */
export async function isRunAlive(deps: SuperviseDeps, run: string, active: boolean): Promise<boolean> {
  const recorded = listAttempts(deps.store, run);
  const last = recorded.at(-1);
  if (active && last?.state === 'launching' && Math.abs(deps.now() - last.createdMs) < startMs) return true;
  const onDisk = await attemptNumbers(localHost, runDirOf(deps, run));
  const numbers = new Set([...onDisk, ...recorded.map(({ n }) => n)]);
  for (const n of numbers) {
    const row = recorded.find((each) => each.n === n);
    const {
      token = `unknown-${run}-${n}`,
      host = localHost.name,
      scheduler = localHost.scheduler,
    } = row ?? {};
    const attempt = await openAttempt(deps, { run, n, token, host, scheduler }, 0, null);
    // It has ended, and all that it wrote is here: its host need not be asked.
    if (attempt.away && (await homeView(attempt).file('exit'))) continue;
    const launch = await attempt.file('launch');
    // A copy of another run's folder names the processes of that one.
    if (launch && runOfToken(deps.store, launch.token, { run, n }) !== null) continue;
    const known = launch && !row ? { ...attempt, token: launch.token } : attempt;
    const claim = await attempt.read('claim');
    if (claim.state === 'read' && claim.value.by === 'controller') continue;
    if (await isAttemptAlive(known)) return true;
  }
  return false;
}
