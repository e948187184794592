import { stripVTControlCharacters } from 'node:util';
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
      const { readLogs } = await import('../../app/runs/read-logs.ts');
      await withWorkspace(context, async (workspace) => {
        const leaving = new AbortController();
        const release = context.onInterrupt(() => leaving.abort());
        try {
          const lines = readLogs(workspace, { run, ...options, signal: leaving.signal });
          for await (const line of lines) context.stdout.write(`${harmless(line)}\n`);
        } finally {
          release();
        }
      });
    });
}

/** What stays on the screen of a line that a progress bar drew over, without colours and cursor movements. */
export function harmless(line: string): string {
  const drawn = stripVTControlCharacters(line)
    .split('\r')
    .filter((part) => part !== '');
  return visible(drawn.at(-1) ?? '');
}
