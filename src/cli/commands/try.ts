import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';
import { printJson } from '../ui/json.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  prompt?: string[];
  system?: string;
  maxNewTokens: number;
  trustRemoteCode?: true;
  python?: string;
  json?: true;
}

/** `lorch try RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('--prompt <text...>', "questions of your own instead of the run's held-out rows")
    .option('--system <text>', 'a system message before each --prompt')
    .option('--max-new-tokens <n>', 'length limit of an answer', parseCount, 128)
    .option('--trust-remote-code', 'let the base model execute the code that it brings, for this run')
    .option('--python <path>', 'another Python environment')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  lorch try @last\n  lorch try support-r16 --prompt "Where is my parcel?"\n',
    )
    .action(async (ref: string, options: Options) => {
      const { tryRun } = await import('../../app/runs/try-run.ts');
      const { withProgress } = await import('../ui/progress.ts');
      await withWorkspace(context, async (workspace) => {
        const python = await workspace.python(options.python);
        const tried = await withProgress(context, 'answering', (progress) =>
          tryRun({
            store: workspace.store,
            runsDir: workspace.runsDir,
            run: ref,
            env: context.env,
            trustCode: options.trustRemoteCode === true,
            python,
            prompts: options.prompt ?? [],
            ...(options.system ? { system: options.system } : {}),
            maxNewTokens: options.maxNewTokens,
            options: { onProgress: ({ done, total }) => progress.update(done, total) },
          }),
        );
        if (options.json) return printJson(context, { ...tried });
        const { renderTried } = await import('../ui/try-view.ts');
        context.stdout.write(renderTried(tried, context.stdout));
      });
    });
}
