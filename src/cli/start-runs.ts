// What a command that starts runs says of them; shared by train, rerun, resume and stop.
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import type { LaunchOptions, StartedRun } from '../app/runs/train.ts';
import type { Context } from './context.ts';
import { followInTerminal } from './follow.ts';

/** Launching as a terminal shows it: followed to the end, or (`detach`) one line a run. */
export function launchInTerminal(context: Context, workspace: OpenWorkspace, detach: boolean): LaunchOptions {
  return {
    detach,
    onLaunched: (run) => {
      if (detach) context.stderr.write(`launched ${run}; it goes on without this terminal\n`);
    },
    follow: (run, attempt) => followInTerminal(context, workspace, run, attempt),
  };
}

/** What was put in the queue. */
export function queuedLine(runs: readonly string[]): string {
  const [first = ''] = runs;
  return runs.length === 1 ? `queued ${first}\n` : `queued ${runs.length} runs, ${first} first\n`;
}

/** The commands that are of use next; what a failure advises was printed with the failure. */
export function nextCommands(started: readonly StartedRun[]): string[] {
  const of = (status: string) => started.filter((each) => each.status === status).map(({ run }) => run);
  const stopped = of('cancelled').map((run) => `lorch resume ${run}`);
  const launched = of('launched').map((run) => `lorch logs ${run} -f`);
  const [queued] = of('queued');
  if (queued) return ['lorch queue', `lorch logs ${queued} -f`];
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
