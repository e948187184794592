import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  detach?: true;
  trustRemoteCode?: true;
  python?: string;
}

/** `lorch resume RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('--detach', 'launch and return; follow with `lorch logs -f`')
    .option('--trust-remote-code', 'let the base model execute the code that it brings, for this run')
    .option('--python <path>', 'another Python environment')
    .addHelpText(
      'after',
      '\nGoes on from the newest complete checkpoint, as another attempt of the same run.\n\nExamples:\n  lorch resume @last\n  lorch resume support-r16 --detach\n',
    )
    .action(async (ref: string, options: Options) => {
      const { resumeRun } = await import('../../app/runs/resume-run.ts');
      const { followInTerminal } = await import('../follow.ts');
      const { nextCommands } = await import('../start-runs.ts');
      const { statusWord } = await import('../../run/status.ts');
      await withWorkspace(context, async (workspace) => {
        const deps = workspace.launchDeps(options.python);
        const { run, attempt, goesOn } = await resumeRun(deps, ref, options.trustRemoteCode);
        const from =
          attempt === 1 ? ', which had not started' : goesOn ? '' : ', from step 0: no checkpoint was saved';
        context.stderr.write(`attempt ${attempt} of ${run}${from}\n`);
        if (options.detach) context.stderr.write(renderNext([`lorch logs ${run} -f`], context.stderr));
        else {
          const { row } = await followInTerminal(context, workspace, run, attempt);
          const next = nextCommands([{ run, status: statusWord(row.status) }]);
          if (next.length > 0) context.stderr.write(renderNext(next, context.stderr));
        }
        context.stdout.write(`${run}\n`);
      });
    });
}
