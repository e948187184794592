import type { Command } from 'commander';
import { createRedactor } from '../../diagnostics/secrets.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Plan } from '../../run/plan.ts';
import type { Context } from '../context.ts';
import { EXIT, refusalExit } from '../exit-codes.ts';
import { parsePrice } from '../parse-price.ts';
import { renderNext } from '../ui/next.ts';

interface Options {
  set: string[];
  detach?: true;
  unreviewed?: string;
  pricePerHour?: number;
  python?: string;
  quiet?: true;
}

/** `lorch train CONFIG` */
export function define(command: Command, context: Context): void {
  command
    .argument('<config>', 'a run config, YAML')
    .option('--set <path=value...>', 'change a setting, e.g. --set lora.r=32', [])
    .option('--detach', 'launch and return; follow with `lorch logs -f`')
    .option('--unreviewed <reason>', 'why no person has read the rows; the reason stays with the run')
    .option('--price-per-hour <price>', 'what an hour of the device costs', parsePrice)
    .option('--python <path>', 'another Python environment')
    .option('-q, --quiet', 'no findings but errors')
    .addHelpText(
      'after',
      `
Examples:
  lorch train configs/support-triage.yaml
  lorch train configs/support-triage.yaml --set lora.r=32 --unreviewed "smoke test"
  lorch train configs/sweep-rank.yaml          a sweep: its runs one after another
Ctrl-C asks for a checkpoint, a second Ctrl-C kills.
`,
    )
    .action(async (config: string, options: Options) => {
      const { planInTerminal } = await import('../plan-in-terminal.ts');
      const { createRun } = await import('../../app/runs/create-run.ts');
      const { refuseUnreviewed, withoutRefusal } = await import('../../app/plan/plan-review.ts');
      const { renderPlans } = await import('../ui/plan-view.ts');
      const { nextCommands, startRuns } = await import('../start-runs.ts');
      // It is kept with the run for ever, so a token in it would, too.
      const reason = options.unreviewed && createRedactor(context.env)(options.unreviewed).trim();
      if (options.unreviewed !== undefined && !reason)
        throw new UserError('U111', '--unreviewed needs a reason', {
          hint: 'e.g. --unreviewed "smoke test"',
        });
      const { workspace, made } = await planInTerminal(context, {
        config,
        ...options,
        unreviewed: reason ?? null,
      });
      const deps = await workspace.launchDeps(options.python);
      const ids: string[] = [];
      try {
        const plans = made.plans.map(({ plan }) => plan);
        const stopped = plans.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
        context.stderr.write(
          renderPlans(stopped ? plans : plans.map(withoutRefusal), context.stderr, options.quiet),
        );
        refuseErrors(plans);
        refuseUnreviewed(plans);
        if (options.detach && plans.length > 1)
          throw new UserError('U112', 'a sweep runs its plans one after another and needs its controller', {
            hint: 'omit --detach and use tmux or nohup, or start one point of the sweep with --set',
          });
        for (const planned of made.plans) ids.push(await createRun(deps, planned));
      } finally {
        await made.dispose();
      }
      const started = await startRuns(context, deps, ids, { detach: options.detach === true });
      const next = nextCommands(started);
      if (next.length > 0) context.stderr.write(renderNext(next, context.stderr));
      context.stdout.write(ids.map((id) => `${id}\n`).join(''));
    });
}

function refuseErrors(plans: readonly Plan[]): void {
  const errors = plans.flatMap((plan) => plan.findings).filter((finding) => finding.severity === 'error');
  if (errors.length === 0) return;
  throw new UserError('P001', `not launched: ${errors.length} error${errors.length === 1 ? '' : 's'} above`, {
    exitCode: refusalExit(errors) ?? EXIT.findings,
    hint: errors[0]?.hint ?? 'fix what is named above',
  });
}
