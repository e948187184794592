import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { printJson } from '../ui/json.ts';
import { say } from '../ui/say.ts';
import { withWorkspace } from '../with-workspace.ts';

/** `lorch gpus` */
export function define(command: Command, context: Context): void {
  command
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nA GPU is free if no run of this workspace has it and no other program uses it.\n\nExample:\n  lorch gpus\n',
    )
    .action(async (options: { json?: true }) => {
      const { listHostGpus } = await import('../../app/machine/list-gpus.ts');
      const { renderGpus } = await import('../ui/gpu-view.ts');
      await withWorkspace(context, async ({ deps }) => {
        const report = await listHostGpus(deps);
        if (options.json) return printJson(context, { ...report });
        if (!report.answered) say(context.stderr, 'nvidia-smi does not answer: `nvidia-smi` says why');
        else if (report.gpus.length === 0)
          say(context.stderr, 'this machine has no NVIDIA GPU that nvidia-smi shows');
        if (report.gpus.length > 0) context.stdout.write(renderGpus(report.gpus, context.stdout));
        if (report.cpu_runs.length > 0) say(context.stderr, `on the CPU: ${report.cpu_runs.join(', ')}`);
      });
    });
}
