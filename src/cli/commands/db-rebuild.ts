import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { renderFindings } from '../ui/diagnostic.ts';
import { printJson } from '../ui/json.ts';
import { createProgress } from '../ui/progress.ts';

/** `lorch db rebuild` */
export function define(command: Command, context: Context): void {
  command
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nlorch.db is an index: everything in it comes from run folders and review logs. Runs that are under way go on.\n\nExample:\n  lorch db rebuild\n',
    )
    .action(async (options: { json?: true }) => {
      const { findFolders } = await import('../../app/machine/open-workspace.ts');
      const { rebuildDb } = await import('../../app/machine/rebuild-db.ts');
      const folders = await findFolders({ cwd: context.cwd, env: context.env });
      const progress = createProgress(context, 'runs');
      const rebuilt = await rebuildDb({
        ...folders,
        env: context.env,
        now: context.now,
        onRun: (done, total) => progress.update(done, total),
      }).finally(() => progress.end());
      context.stderr.write(renderFindings(rebuilt.findings, context.stderr));
      if (rebuilt.damaged) context.stderr.write(`the damaged file is kept as ${rebuilt.damaged}\n`);
      if (options.json) return printJson(context, { ...rebuilt });
      context.stdout.write(
        `${rebuilt.runs} runs, ${rebuilt.attempts} attempts, ${rebuilt.reviews} reviews\n`,
      );
    });
}
