import { type Command, Option } from 'commander';
import type { TorchVariant } from '../../python/torch-build.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { say } from '../ui/say.ts';
import { withWorkspace } from '../with-workspace.ts';

const variants: TorchVariant[] = ['auto', 'default', 'cpu', 'cu126', 'cu129', 'cu130'];

/** `lorch host setup NAME` */
export function define(command: Command, context: Context): void {
  command
    .argument('<name>', 'a host of lorch.yaml')
    .option('--force', 'make it again, even if it is complete')
    .addOption(new Option('--variant <build>', 'build of PyTorch').choices(variants).default('auto'))
    .addHelpText(
      'after',
      `
Makes a virtual environment with the trainer's packages in the host's folder for lorch and touches nothing else. It
needs no root, no Docker, and a Python from 3.10 there. The host must reach a package index. It goes on there if the
connection ends; the same command follows it again.

Example:
  lorch host setup gpu-box
`,
    )
    .action(async (name: string, options: { force?: true; variant: TorchVariant }) => {
      const { setUpHost } = await import('../../app/machine/set-up-host.ts');
      const interrupted = new AbortController();
      const release = context.onInterrupt(() => interrupted.abort(new Error('interrupted')));
      try {
        await withWorkspace(context, async ({ deps }) => {
          const { dir, made } = await setUpHost(deps, name, {
            variant: options.variant,
            ...(options.force && { force: true }),
            signal: interrupted.signal,
            onLine: (line) => context.stderr.write(`${line}\n`),
            onSilence: (message) => say(context.stderr, `${message}; the setup goes on there`),
          });
          context.stdout.write(`${dir}\n`);
          say(context.stderr, made ? 'The environment is made.' : 'The environment is complete.');
        });
      } catch (error) {
        if (!interrupted.signal.aborted) throw error;
        say(context.stderr, `The setup goes on there; \`lorch host setup ${name}\` follows it again.`);
        context.exitCode = EXIT.interrupted;
      } finally {
        release();
      }
    });
}
