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
      `
Copies the adapter and the newest checkpoint of a run that ended on another host into its run folder, and compares
their hashes. If the run succeeded, its folder on the host is then removed. A fetch that was cut off can be repeated;
files that are here are not copied again.

Examples:
  lorch fetch @last
  lorch fetch support-r16
`,
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
