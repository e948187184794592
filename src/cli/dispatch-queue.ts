// The dispatcher as a process: `lorch dispatch-queue`, started by commands when something waits; nobody types it.
import { openWorkspace } from '../app/machine/open-workspace.ts';
import { runDispatcher } from '../app/machine/run-dispatcher.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Starts what waits in the workspace of the current folder, until nothing is left to do. */
export async function dispatchQueue(context: Context): Promise<ExitCode> {
  // The terminal that it was started from may close.
  process.on('SIGHUP', () => undefined);
  const leaving = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => leaving.abort());
  const workspace = await openWorkspace({ cwd: context.cwd, env: context.env });
  try {
    await runDispatcher(workspace, { pid: process.pid, signal: leaving.signal });
    return EXIT.good;
  } catch (error) {
    workspace.deps.log.error(
      { error: error instanceof Error ? error.stack : String(error) },
      'the dispatcher has failed',
    );
    throw error;
  } finally {
    await workspace.close();
  }
}
