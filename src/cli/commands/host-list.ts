import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { say } from '../ui/say.ts';

/** `lorch host list` */
export function define(command: Command, context: Context): void {
  command
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nNothing is asked of the machines.\n\nExample:\n  lorch host list\n')
    .action(async (options: { json?: true }) => {
      const { findWorkspace } = await import('../../config/workspace.ts');
      const { printJson } = await import('../ui/json.ts');
      const hosts = (await findWorkspace(context.cwd, context.env.HOME))?.hosts ?? [];
      if (options.json) {
        const all = hosts.map(({ onDone, keepRemote, ...rest }) => ({
          ...rest,
          on_done: onDone,
          keep_remote: keepRemote,
        }));
        return printJson(context, { hosts: [{ name: 'local' }, ...all] });
      }
      context.stdout.write('local  this machine\n');
      for (const { name, ssh, dir } of hosts) context.stdout.write(`${name}  ssh ${ssh}, ${dir}\n`);
      if (hosts.length === 0)
        say(context.stderr, 'lorch.yaml names no other machine; `hosts:` does, see docs/hosts.md');
    });
}
