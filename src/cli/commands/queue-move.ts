import { type Command, Option } from 'commander';
import { changeInTerminal, queueArgument } from '../change-queue.ts';
import type { Context } from '../context.ts';
import { parseWhole } from '../parse-options.ts';

interface Options {
  first?: true;
  last?: true;
  priority?: number;
  json?: true;
}

/** `lorch queue move RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', queueArgument)
    .addOption(new Option('--first', 'start before everything that waits').conflicts(['last', 'priority']))
    .addOption(new Option('--last', 'start after everything that waits').conflicts(['first', 'priority']))
    .option('--priority <number>', 'runs with a higher number start first; 0 unless told', parseWhole)
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  lorch queue move support-r16 --first\n  lorch queue move support-r16 --priority 5\n',
    )
    .action(async (ref: string, { first, last, priority, json }: Options) => {
      if (!first && !last && priority === undefined)
        command.error('error: say where to: --first, --last or --priority NUMBER');
      const to = first ? 'first' : last ? 'last' : { priority: priority ?? 0 };
      await changeInTerminal(context, ref, { change: { kind: 'move', to }, said: 'moved', json });
    });
}
