import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { printJson } from '../ui/json.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

/** `lorch queue` */
export function define(command: Command, context: Context): void {
  command
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  lorch queue
  lorch queue move support-r16 --first
  lorch stop support-r16                       a run that waits is cancelled
`,
    )
    .action(async (options: { json?: true }) => {
      const { showQueue } = await import('../../app/runs/show-queue.ts');
      const { renderQueue } = await import('../ui/queue-view.ts');
      await withWorkspace(context, async (workspace) => {
        const queue = await showQueue(workspace.deps, workspace.cpuSlots);
        if (options.json) return printJson(context, { ...queue });
        if (queue.running.length + queue.waiting.length === 0)
          return void context.stderr.write(
            'nothing runs and nothing waits: `lorch train CONFIG --queue` queues a run\n',
          );
        context.stdout.write(renderQueue(queue, context.stdout, context.now()));
        const held = queue.waiting.find((each) => each.held);
        if (held) context.stderr.write(renderNext([`lorch queue release ${held.run}`], context.stderr));
      });
    });
}
