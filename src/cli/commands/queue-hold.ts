import type { Command } from 'commander';
import { createRedactor } from '../../diagnostics/secrets.ts';
import { changeInTerminal, queueArgument } from '../change-queue.ts';
import type { Context } from '../context.ts';

/** `lorch queue hold RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', queueArgument)
    .option('--why <text>', 'a note that `lorch queue` shows')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nThe run keeps its place.\n\nExample:\n  lorch queue hold support-r16\n')
    .action(async (ref: string, { why, json }: { why?: string; json?: true }) => {
      const note = createRedactor(context.env)(why ?? '');
      await changeInTerminal(context, ref, { change: { kind: 'hold', why: note }, said: 'held', json });
    });
}
