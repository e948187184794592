import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withWorkspace } from '../with-workspace.ts';

/** `lorch attach RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name (the run of it that is under way), or @last')
    .addHelpText(
      'after',
      `
Ctrl-C asks for a checkpoint, a second Ctrl-C kills. A run that waits in the queue or works on another host goes
on; \`lorch stop RUN\` stops it. To watch a run without stopping it by Ctrl-C, use \`lorch logs RUN -f\`.

Examples:
  lorch attach @last
  lorch attach support-r16
`,
    )
    .action(async (ref: string) => {
      const { chooseNextAttempt } = await import('../../app/runs/choose-attempt.ts');
      const { followInTerminal } = await import('../follow.ts');
      await withWorkspace(context, async (workspace) => {
        const { run, n } = chooseNextAttempt(workspace.store, ref);
        await followInTerminal(context, workspace, run, n);
        context.stdout.write(`${run}\n`);
      });
    });
}
