import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';
import { visible } from '../ui/paint.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  follow?: true;
  attempt?: number;
  events?: true;
  tail?: number;
}

/** `lorch logs RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('-f, --follow', 'go on until the run has ended; Ctrl-C leaves it running')
    .option('--attempt <number>', 'an earlier attempt; by default the latest', parseCount)
    .option('--events', 'the events of the protocol, one JSON object a line')
    .option('--tail <count>', 'only the last so many lines', parseCount)
    .addHelpText(
      'after',
      '\nExamples:\n  lorch logs @last -f\n  lorch logs support-r16 --tail 50\n  lorch logs @last --events | jq .type\n',
    )
    .action(async (run: string, options: Options) => {
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
