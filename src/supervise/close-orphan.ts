// The end of an attempt that left no result: shim and trainer are gone, or the run folder is.
import { controllerExit, type ExitFile } from '../run/attempt-files.ts';
import { classifyFailure } from '../run/failure.ts';
import { finishAttempt } from '../store/attempts.ts';
import { lastEvent } from '../store/events.ts';
import { lastSignOfLife, stopJob } from './attempt-alive.ts';
import type { AttemptContext } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import { settleAttempt } from './settle-attempt.ts';

/** The controller writes exit.json from what the trainer said last, and ends the workers that are left. */
export async function closeOrphan(deps: SuperviseDeps, attempt: AttemptContext): Promise<void> {
  await stopJob(attempt, true);
  const exit = await exitOfOrphan(deps, attempt);
  try {
    if (await attempt.host.createOnce(attempt.paths.exit, JSON.stringify(exit))) return;
    // Somebody else wrote it, which the next look reads; or what is there cannot be read and never will be.
    if ((await attempt.read('exit')).state === 'read') return;
  } catch (error) {
    deps.log.run(attempt.run).warn({ error: String(error) }, 'exit.json cannot be written');
  }
  await settleAttempt(deps, attempt, exit);
}

/** What an attempt without a readable exit.json came to; from its folder alone, so that it is the same each time. */
async function exitOfOrphan(deps: SuperviseDeps, attempt: AttemptContext): Promise<ExitFile> {
  const end = lastEvent(deps.store, attempt.run, attempt.n, 'end');
  const [claim, exit] = [await attempt.read('claim'), await attempt.read('exit')];
  const unreadable =
    exit.state === 'damaged'
      ? `exit.json is damaged: ${exit.reason}`
      : claim.state === 'damaged'
        ? `claim.json is damaged (${claim.reason}), and no process of the run is alive`
        : 'supervisor and trainer have ended, and neither left a result';
  if (end) return controllerExit({ t: end.t, code: end.code });
  return controllerExit({ t: (await lastSignOfLife(attempt)) ?? deps.now(), lost: unreadable });
}

/** Ends an attempt whose run folder was deleted. */
export function closeWithoutFolder(deps: SuperviseDeps, run: string, n: number): void {
  const t = deps.now();
  const exit = controllerExit({ t, lost: 'the run folder is gone' });
  const failure = classifyFailure({
    run,
    attempt: n,
    exit,
    end: null,
    stopRequested: false,
    error: null,
    nonfiniteLoss: false,
    logTail: '',
  });
  finishAttempt(deps.store, run, n, {
    outcome: 'lost',
    exitCode: null,
    signal: null,
    endedMs: t,
    failure,
    findings: [],
  });
}
