// Starts the process that starts what waits.
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import { hasWaiting } from '../store/queue.ts';
import type { Context } from './context.ts';
import { noticeOn } from './notice.ts';

/** The word that makes this program the dispatcher of the workspace that it is started in. */
export const dispatcherWord = 'dispatch-queue';

/** The word with which the dispatcher starts a process that writes reports of runs that have ended. */
export const tidyWord = 'report-ended';

/** Node needs less memory like this, and is slower; a dispatcher waits most of the time. */
const flags = ['--max-semi-space-size=1', '--optimize-for-size', '--jitless', '--expose-gc'];

/** Starts the dispatcher if something waits and none is at work. A failure ends no command. */
export async function startWaiting(context: Context, workspace: OpenWorkspace): Promise<void> {
  try {
    if (!hasWaiting(workspace.store)) return;
    const { ensureDispatcher } = await import('../app/machine/run-dispatcher.ts');
    const [node = '', ...script] = context.program;
    await ensureDispatcher(workspace, [node, ...flags, ...script, dispatcherWord]);
  } catch (error) {
    noticeOn(context)(error instanceof Error ? error.message : String(error));
  }
}
