import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, formatNumber } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { paint } from '../ui/paint.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  out: string;
  trustRemoteCode?: true;
  python?: string;
  json?: true;
}

/** `lorch merge RUN -o DIR` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .requiredOption('-o, --out <dir>', 'a new folder for the merged model')
    .option('--trust-remote-code', 'let the base model execute the code that it brings, for this run')
    .option('--python <path>', 'another Python environment')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExamples:\n  lorch merge @last -o models/support-merged\n')
    .action(async (ref: string, options: Options) => {
      const { mergeRun } = await import('../../app/runs/merge-run.ts');
      const { withProgress } = await import('../ui/progress.ts');
      await withWorkspace(context, async (workspace) => {
        const python = await workspace.python(options.python);
        const merged = await withProgress(context, 'merging', (progress) =>
          mergeRun({
            store: workspace.store,
            runsDir: workspace.runsDir,
            run: ref,
            env: context.env,
            trustCode: options.trustRemoteCode === true,
            python,
            out: resolve(context.cwd, options.out),
            options: { onProgress: ({ done, total }) => progress.update(done, total) },
          }),
        );
        if (!merged.within_tolerance) context.exitCode = EXIT.findings;
        if (options.json) return printJson(context, merged);
        const ink = paint(context.stdout.color);
        const bytes = merged.files.reduce((sum, file) => sum + file.bytes, 0);
        const verdict = merged.within_tolerance ? ink.green('within') : ink.red('beyond');
        const lines = [
          `merged  ${merged.out}  ${formatBytes(bytes)} in ${merged.files.length} files`,
          `logits against base + adapter: at most ${formatNumber(merged.max_logit_diff)} apart, ${verdict} the tolerance ${formatNumber(merged.tolerance)}; the same first choice in ${formatNumber(100 * merged.argmax_agreement)} % of places`,
        ];
        if (merged.quantized_drift)
          lines.push(
            `against the quantized base it was trained on: ${JSON.stringify(merged.quantized_drift)}`,
          );
        context.stdout.write(`${lines.join('\n')}\n`);
        if (!merged.within_tolerance)
          context.stderr.write(
            `${ink.red('error')} ${ink.bold('R036')} the merged model differs from base + adapter; do not use it (lorch explain R036)\n`,
          );
      });
    });
}
