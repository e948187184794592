// The workspace that a command works in: opened, brought up to date, and closed however the command ends.
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import type { Context } from './context.ts';
import { noticeOn } from './notice.ts';
import { startWaiting } from './start-waiting.ts';
import { transferOn } from './transfer.ts';

/** Runs `work` in the workspace of the current folder. Throws UserError U100 outside one. */
export async function withWorkspace<T>(
  context: Context,
  work: (workspace: OpenWorkspace) => Promise<T>,
): Promise<T> {
  const { openWorkspace } = await import('../app/machine/open-workspace.ts');
  const workspace = await openWorkspace({
    cwd: context.cwd,
    env: context.env,
    notice: noticeOn(context),
    transfer: transferOn(context),
  });
  try {
    await workspace.recover();
    // After a reboot, nobody starts what waits.
    await startWaiting(context, workspace);
    return await work(workspace);
  } finally {
    await startWaiting(context, workspace);
    await workspace.close();
  }
}
