import type { Command } from 'commander';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { createRedactor } from '../../diagnostics/secrets.ts';
import type { Context } from '../context.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  detach?: true;
  unreviewed?: string;
  trustRemoteCode?: true;
  python?: string;
}

/** `lorch rerun RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('--detach', 'launch and return')
    .option('--unreviewed <reason>', 'why no person has read the rows; by default what the first run said')
    .option('--trust-remote-code', 'let the base model execute the code that it brings, for this run')
    .option('--python <path>', 'another Python environment')
    .addHelpText('after', '\nExamples:\n  lorch rerun @last\n  lorch rerun support-r16 --detach\n')
    .action(async (ref: string, options: Options) => {
      const { rerun } = await import('../../app/runs/rerun.ts');
      const { launchRuns, unreviewedReason } = await import('../../app/runs/train.ts');
      const { launchInTerminal, nextCommands } = await import('../start-runs.ts');
      await withWorkspace(context, async (workspace) => {
        const deps = workspace.launchDeps(options.python);
        const id = await rerun(deps, {
          ref,
          unreviewed: unreviewedReason(options.unreviewed, createRedactor(context.env)),
          trustCode: options.trustRemoteCode === true,
          root: workspace.root,
          cwd: context.cwd,
        });
        const started = await launchRuns(
          deps,
          [id],
          launchInTerminal(context, workspace, options.detach === true),
        );
        const succeeded = started.every(({ status }) => status === 'succeeded');
        const next = succeeded ? [`lorch compare ${quotePath(ref)} ${id}`] : nextCommands(started);
        if (next.length > 0) context.stderr.write(renderNext(next, context.stderr));
        context.stdout.write(`${id}\n`);
      });
    });
}
