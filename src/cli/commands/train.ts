import type { Command } from 'commander';
import { createRedactor } from '../../diagnostics/secrets.ts';
import type { Context } from '../context.ts';
import { parsePrice } from '../parse-price.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

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
      const { train, unreviewedReason } = await import('../../app/runs/train.ts');
      const { renderPlans } = await import('../ui/plan-view.ts');
      const { launchInTerminal, nextCommands } = await import('../start-runs.ts');
      const unreviewed = unreviewedReason(options.unreviewed, createRedactor(context.env));
      const started = await withWorkspace(context, async (workspace) => {
        const made = await planInTerminal(context, workspace, { config, ...options, unreviewed });
        const deps = workspace.launchDeps(options.python);
        return await train(deps, made, {
          ...launchInTerminal(context, workspace, options.detach === true),
          onPlans: (plans, refusal) => {
            // Do not repeat the refusal's message among the findings.
            const shown = plans.map((plan) => ({
              ...plan,
              findings: plan.findings.filter(({ code }) => code !== refusal?.code),
            }));
            context.stderr.write(renderPlans(shown, context.stderr, options.quiet));
          },
        });
      });
      const next = nextCommands(started);
      if (next.length > 0) context.stderr.write(renderNext(next, context.stderr));
      context.stdout.write(started.map(({ run }) => `${run}\n`).join(''));
    });
}
