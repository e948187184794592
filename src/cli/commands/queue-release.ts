import type { Command } from 'commander';
import { changeInTerminal, queueArgument } from '../change-queue.ts';
import type { Context } from '../context.ts';

/** `lorch queue release RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', queueArgument)
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  lorch queue release support-r16\n')
    .action(async (ref: string, { json }: { json?: true }) => {
      await changeInTerminal(context, ref, { change: { kind: 'release' }, said: 'released', json });
    });
}
