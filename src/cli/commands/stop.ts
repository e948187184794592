import type { Command } from 'commander';
import type { SweepStopping } from '../../app/runs/stop-sweep.ts';
import type { StopResult } from '../../supervise/ask-to-stop.ts';
import type { Context } from '../context.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  force?: true;
  wait: boolean;
}

const said: Record<StopResult, string> = {
  cancelled: 'it had not started, and will not start',
  asked: 'asked to save a checkpoint and stop',
  killed: 'killed, without a checkpoint',
  ended: 'it has just ended by itself',
};

/** `lorch stop RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name (the run of it that is under way), or @last; or a sweep')
    .option('--force', 'kill it at once, without a checkpoint')
    .option('--no-wait', 'return without waiting for the end')
    .addHelpText('after', '\nExamples:\n  lorch stop @last\n  lorch stop support-r16 --force\n')
    .action(async (ref: string, options: Options) => {
      const { stopRun } = await import('../../app/runs/stop-run.ts');
      const { nextCommands } = await import('../start-runs.ts');
      const { statusWord } = await import('../../run/status.ts');
      const { stopSweep } = await import('../../app/runs/stop-sweep.ts');
      await withWorkspace(context, async (workspace) => {
        const sweep = await stopSweep(workspace, ref, { force: options.force === true });
        if (sweep) return await sayStopped(context, sweep, options.wait);
        const { run, result, ended } = await stopRun(workspace, ref, {
          force: options.force === true,
        });
        context.stderr.write(`${run}: ${said[result]}\n`);
        if (!options.wait) return void context.stdout.write(`${run}\n`);
        const leaving = new AbortController();
        const release = context.onInterrupt(() => leaving.abort());
        // A large checkpoint takes minutes, so tell a waiting user about the alternatives.
        const patience = setTimeout(
          () => context.stderr.write(`still saving; lorch stop ${run} --force kills it\n`),
          30_000,
        );
        try {
          const row = await ended(leaving.signal);
          const status = statusWord(row.status);
          context.stderr.write(`${status} at step ${row.step ?? 0}\n`);
          // It may have ended by itself.
          const next = row.failure ? [row.failure.next] : nextCommands([{ run, status }]);
          context.stderr.write(renderNext(next, context.stderr));
          context.stdout.write(`${run}\n`);
        } finally {
          clearTimeout(patience);
          release();
        }
      });
    });
}

async function sayStopped(context: Context, { stopped, ended }: SweepStopping, wait: boolean): Promise<void> {
  for (const { run, result } of stopped) context.stderr.write(`${run}: ${said[result]}\n`);
  if (wait) {
    const leaving = new AbortController();
    const release = context.onInterrupt(() => leaving.abort());
    await ended(leaving.signal).finally(release);
  }
  context.stdout.write(stopped.map(({ run }) => `${run}\n`).join(''));
}
