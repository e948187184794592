import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { formatBytes } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { withWorkspace } from '../with-workspace.ts';

/** `lorch fetch RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nBrings adapter and newest checkpoint of a run that ended on another host into its run folder, compares them by their hashes, and then removes the run folder from the host if the run succeeded. It can be repeated, and goes on where it was cut off.\n\nExamples:\n  lorch fetch @last\n  lorch fetch support-r16\n',
    )
    .action(async (ref: string, options: { json?: true }) => {
      const { fetchRun } = await import('../../app/runs/fetch-run.ts');
      await withWorkspace(context, async (workspace) => {
        const { run, fetched, already } = await fetchRun(workspace.deps, ref);
        if (options.json) return printJson(context, { run, ...fetched });
        const parts = [fetched.adapter && 'adapter', fetched.checkpoint].filter(Boolean).join(' and ');
        const what = parts === '' ? 'no adapter and no checkpoint' : parts;
        const cleared = fetched.removed ? `; its folder on ${fetched.host} is removed` : '';
        context.stderr.write(
          `${already ? 'here already' : 'fetched'} from ${fetched.host}: ${what}, ${formatBytes(fetched.bytes)}${cleared}\n`,
        );
        context.stdout.write(`${run}\n`);
      });
    });
}
