// Queued runs, one after another; shared by train and rerun.
import { launchRun } from '../app/runs/launch-run.ts';
import { statusWord } from '../run/status.ts';
import { askToStop } from '../supervise/ask-to-stop.ts';
import type { LaunchDeps } from '../supervise/deps.ts';
import type { Context } from './context.ts';
import { followInTerminal } from './follow.ts';

/** How a run of a command stood when the command let go of it. */
export interface StartedRun {
  run: string;
  /** `launched` if it was not followed. */
  status: string;
}

/** Launches and follows each run. Ctrl-C stops the one that runs and cancels those that wait. */
export async function startRuns(
  context: Context,
  deps: LaunchDeps,
  runs: readonly string[],
  options: { detach: boolean },
): Promise<StartedRun[]> {
  const started: StartedRun[] = [];
  for (const [i, run] of runs.entries()) {
    await launchRun(deps, run);
    if (options.detach) {
      context.stderr.write(`launched ${run}; it goes on without this terminal\n`);
      started.push({ run, status: 'launched' });
      continue;
    }
    const { interrupted, row } = await followInTerminal(context, deps, run);
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

/** The commands that help next; the advice for a failure was printed with it. */
export function nextCommands(started: readonly StartedRun[]): string[] {
  const of = (status: string) => started.filter((each) => each.status === status).map(({ run }) => run);
  const stopped = of('cancelled').map((run) => `lorch resume ${run}`);
  const launched = of('launched').map((run) => `lorch logs ${run} -f`);
  const succeeded = of('succeeded');
  if (started.length === 1)
    return [
      ...stopped,
      ...launched,
      ...succeeded.flatMap((run) => [`lorch show ${run}`, `lorch try ${run}`]),
    ];
  const compared = succeeded.length > 1 ? [`lorch compare ${succeeded.join(' ')}`] : [];
  return [...stopped, ...launched, ...compared];
}
