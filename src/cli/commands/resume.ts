import type { Command } from 'commander';
import type { OpenWorkspace } from '../../app/machine/open-workspace.ts';
import type { Context } from '../context.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  detach?: true;
  trustRemoteCode?: true;
  allowChanged?: string;
  python?: string;
  host?: string;
  leaveRemote?: true;
  queue?: true;
}

/** `lorch resume RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last; or a sweep, which is queued')
    .option('--detach', 'launch and return; follow with `lorch logs -f`')
    .option('--queue', 'let it wait for a free device, and return')
    .option('--trust-remote-code', 'let the base model execute the code that it brings, for this run')
    .option(
      '--allow-changed <reason>',
      'go on although versions or the base model have changed since the checkpoint; the run keeps the reason',
    )
    .option('--python <path>', 'another Python environment')
    .option('--host <name>', 'the host to resume on; the newest checkpoint is sent there')
    .option('--leave-remote', 'go on from what is here, though its last host cannot be reached')
    .addHelpText(
      'after',
      '\nGoes on from the newest complete checkpoint, as another attempt of the same run.\n\nExamples:\n  lorch resume @last\n  lorch resume support-r16 --detach\n  lorch resume sweep-rank                      the runs of a sweep that did not succeed\n',
    )
    .action(async (ref: string, options: Options) => {
      const { resumeRun } = await import('../../app/runs/resume-run.ts');
      const { followInTerminal } = await import('../follow.ts');
      const { nextCommands } = await import('../start-runs.ts');
      const { statusWord } = await import('../../run/status.ts');
      await withWorkspace(context, async (workspace) => {
        const deps = workspace.launchDeps(options.python);
        const { isSweep } = await import('../../app/runs/queue-resumed.ts');
        if (options.queue || isSweep(deps, ref)) {
          if (options.allowChanged !== undefined) throw await allowedOneByOne();
          return await queueInTerminal(context, workspace, ref, options);
        }
        const { run, attempt, goesOn } = await resumeRun(deps, ref, {
          trusted: options.trustRemoteCode,
          allowChanged: options.allowChanged,
          host: options.host,
          leaveRemote: options.leaveRemote,
        });
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

async function queueInTerminal(
  context: Context,
  { deps }: OpenWorkspace,
  ref: string,
  options: Options,
): Promise<void> {
  const { queueResumed } = await import('../../app/runs/queue-resumed.ts');
  const { keptPython } = await import('../kept-python.ts');
  const { nextCommands, queuedLine } = await import('../start-runs.ts');
  const { queued, kept } = await queueResumed(deps, ref, {
    python: await keptPython(context, options.python),
    trusted: options.trustRemoteCode === true,
  });
  for (const { run, status } of kept) context.stderr.write(`${run} is left as it is: ${status}\n`);
  context.stderr.write(queuedLine(queued));
  const next = nextCommands(queued.map((run) => ({ run, status: 'queued' })));
  context.stderr.write(renderNext(next, context.stderr));
  context.stdout.write(queued.map((run) => `${run}\n`).join(''));
}

async function allowedOneByOne() {
  const { UserError } = await import('../../diagnostics/user-error.ts');
  return new UserError('R189', '--allow-changed is for one run that is resumed at once', {
    hint: 'resume each run by itself, without --queue',
  });
}
