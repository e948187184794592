// The dispatcher as a process: `lorch dispatch-queue`, started by commands when something waits; nobody types it.
import { openWorkspace } from '../app/machine/open-workspace.ts';
import { runDispatcher } from '../app/machine/run-dispatcher.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { tidyWord } from './start-waiting.ts';

/** Starts what waits in the workspace of the current folder, until nothing is left to do. */
export async function dispatchQueue(context: Context): Promise<ExitCode> {
  // The terminal that it was started from may close.
  process.on('SIGHUP', () => undefined);
  const leaving = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => leaving.abort());
  // It waits for hours: memory that its work needed goes back to the system (start-waiting.ts exposes gc).
  setInterval(() => globalThis.gc?.(), 20_000).unref();
  const workspace = await openWorkspace({ cwd: context.cwd, env: context.env });
  try {
    const tidyUp = [...context.program, tidyWord];
    await runDispatcher(workspace, { pid: process.pid, signal: leaving.signal, tidyUp });
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

/** Writes the reports that are missing, and tells who is to be told. */
export async function tidyUp(context: Context): Promise<ExitCode> {
  const workspace = await openWorkspace({ cwd: context.cwd, env: context.env });
  try {
    await workspace.recover();
    return EXIT.good;
  } finally {
    await workspace.close();
  }
}
