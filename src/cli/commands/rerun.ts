import type { Command } from 'commander';
import { createRedactor } from '../../diagnostics/secrets.ts';
import type { Context } from '../context.ts';
import { noticeOn } from '../notice.ts';

interface Options {
  detach?: true;
  unreviewed?: string;
  python?: string;
}

/** `lorch rerun RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('--detach', 'launch and return')
    .option('--unreviewed <reason>', 'why no person has read the rows; by default what the first run said')
    .option('--python <path>', 'another Python environment')
    .addHelpText('after', '\nExamples:\n  lorch rerun @last\n  lorch rerun support-r16 --detach\n')
    .action(async (ref: string, options: Options) => {
      const { openWorkspace } = await import('../../app/open-workspace.ts');
      const { rerun } = await import('../../app/rerun.ts');
      const { startRuns } = await import('../start-runs.ts');
      const workspace = await openWorkspace({
        cwd: context.cwd,
        env: context.env,
        notice: noticeOn(context),
      });
      const deps = await workspace.launchDeps(options.python);
      const id = await rerun(deps, {
        ref,
        unreviewed: (options.unreviewed && createRedactor(context.env)(options.unreviewed).trim()) || null,
        root: workspace.root,
        cwd: context.cwd,
      });
      await startRuns(context, deps, [id], { detach: options.detach === true });
      context.stderr.write(
        `next: ${options.detach ? `lorch logs ${id} -f` : `lorch compare ${ref} ${id}`}\n`,
      );
      context.stdout.write(`${id}\n`);
    });
}
