import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { Context } from '../context.ts';
import { printJson } from '../ui/json.ts';
import { paint } from '../ui/paint.ts';

const examples = `
Writes lorch.yaml, configs/, datasets/, runs/ and the JSON Schema that editors check configs with. Nothing that
exists is overwritten.

Examples:
  lorch init                 here
  lorch init my-project      in a new folder
`;

/** `lorch init [dir]` */
export function define(command: Command, context: Context): void {
  command
    .description('Make a workspace with working samples.')
    .argument('[dir]', 'the folder', '.')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (dir: string, flags: { json?: boolean }) => {
      const { initWorkspace } = await import('../../app/machine/init-workspace.ts');
      const result = await initWorkspace(resolve(context.cwd, dir));
      if (flags.json) {
        printJson(context, { ...result });
        return;
      }
      const ink = paint(context.stderr.color);
      for (const path of result.created) context.stderr.write(`  ${ink.green('+')} ${path}\n`);
      for (const path of result.kept) context.stderr.write(`  ${ink.dim(`= ${path} (there already)`)}\n`);
      context.stdout.write(`${result.root}\n`);
      const enter = relative(context.cwd, result.root);
      const next = [
        ...(enter ? [`cd ${quotePath(enter)}`] : []),
        'lorch setup                   # the Python that trains (once per machine)',
        'lorch data check datasets/support-triage.jsonl',
        'lorch model tiny models/tiny  # a random model, small enough for any machine',
        'lorch train configs/quickstart-r4.yaml --unreviewed "trying it out"',
      ];
      context.stderr.write(`next:\n${next.map((line) => `  ${line}\n`).join('')}`);
    });
}
