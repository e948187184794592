import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { Removable } from '../../app/runs/remove-run.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Context } from '../context.ts';
import { formatBytes } from '../ui/format.ts';
import { withWorkspace } from '../with-workspace.ts';

/** `lorch rm RUN…` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run...>', 'ids, beginnings of ids, names, or @last')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      '\nRemoves the run folders, with checkpoints and adapters, and their records. Nothing else is touched.\n\nExamples:\n  lorch rm support-r16\n  lorch rm 20260102-1000 20260102-1100 --yes\n',
    )
    .action(async (refs: string[], options: { yes?: true }) => {
      const { findRemovable, removeRuns } = await import('../../app/runs/remove-run.ts');
      await withWorkspace(context, async (workspace) => {
        const runs = await findRemovable(workspace.deps, refs);
        for (const { run, status, bytes } of runs)
          context.stderr.write(`${run}  ${status}  ${formatBytes(bytes)}\n`);
        if (!options.yes && !(await confirmed(context, runs))) {
          context.stderr.write('nothing was removed\n');
          return;
        }
        await removeRuns(workspace.deps, runs);
        for (const { run } of runs) context.stdout.write(`${run}\n`);
      });
    });
}

async function confirmed(context: Context, runs: readonly Removable[]): Promise<boolean> {
  if (!context.stdin.isTTY || !context.stderr.isTTY)
    throw new UserError('U120', 'removing runs needs a confirmation, and there is no terminal to ask on', {
      hint: '--yes removes them without asking',
    });
  context.stderr.write(`remove ${runs.length === 1 ? 'this run' : `these ${runs.length} runs`}? [y/N] `);
  const lines = createInterface({ input: context.stdin });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
