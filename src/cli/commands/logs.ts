import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';
import { visible } from '../ui/paint.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  follow?: true;
  attempt?: number;
  raw?: true;
  events?: true;
  tail?: number;
}

/** `lorch logs RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name (the run of it that is under way), or @last')
    .option('-f, --follow', 'progress until the run has ended; Ctrl-C leaves it running')
    .option('--attempt <number>', 'an earlier attempt; by default the latest', parseCount)
    .addOption(
      new Option('--raw', 'what the trainer printed; the default without --follow').conflicts('events'),
    )
    .option('--events', 'the events of the protocol, one JSON object a line')
    .option(
      '--tail <count>',
      'only the last so many lines of what the trainer printed, or of the events',
      parseCount,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  lorch logs @last -f                 step, loss, tokens/s, time left, and how it ended\n  lorch logs support-r16 --tail 50\n  lorch logs @last -f --raw           what the trainer prints\n  lorch logs @last --events | jq .type\n',
    )
    .action(async (run: string, options: Options) => {
      if (options.follow && !options.raw && !options.events && options.tail === undefined)
        return await watch(context, run, options.attempt);
      const { drawnLine } = await import('../../app/runs/drawn-line.ts');
      const { readLogs } = await import('../../app/runs/read-logs.ts');
      await withWorkspace(context, async (workspace) => {
        const leaving = new AbortController();
        const release = context.onInterrupt(() => leaving.abort());
        try {
          const lines = readLogs(workspace, { run, ...options, signal: leaving.signal });
          for await (const line of lines) context.stdout.write(`${visible(drawnLine(line))}\n`);
        } finally {
          release();
        }
      });
    });
}

async function watch(context: Context, ref: string, wanted: number | undefined): Promise<void> {
  const { chooseNextAttempt } = await import('../../app/runs/choose-attempt.ts');
  const { followInTerminal } = await import('../follow.ts');
  await withWorkspace(context, async (workspace) => {
    const { run, n } = chooseNextAttempt(workspace.store, ref, wanted);
    await followInTerminal(context, workspace, run, n, { onInterrupt: 'leave', to: 'stdout' });
  });
}
