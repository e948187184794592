import type { Command } from 'commander';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { Context } from '../context.ts';
import { page } from '../page.ts';
import { parsePrice } from '../parse-price.ts';
import { printJson } from '../ui/json.ts';
import { renderNext } from '../ui/next.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  set: string[];
  pricePerHour?: number;
  python?: string;
  gpu?: string;
  json?: true;
  quiet?: true;
}

/** `lorch plan CONFIG` */
export function define(command: Command, context: Context): void {
  command
    .argument('<config>', 'a run config, YAML')
    .option('--set <path=value...>', 'change a setting, e.g. --set lora.r=32', [])
    .option('--price-per-hour <price>', 'what an hour of the device costs', parsePrice)
    .option('--python <path>', 'another Python environment')
    .option('--gpu <name>', 'plan for another GPU, e.g. h100-80gb')
    .option('-q, --quiet', 'no findings but errors')
    .option('--json', 'the plan as it would be stored; a sweep: {plans: […]}')
    .addHelpText(
      'after',
      '\nExamples:\n  lorch plan configs/support-triage.yaml\n  lorch plan configs/support-triage.yaml --set training.learning_rate=1e-4 --json\n  lorch plan configs/support-triage.yaml --gpu rtx4090-24gb\n',
    )
    .action(async (config: string, options: Options) => {
      const { refusalExit } = await import('../../app/plan/refuse-plans.ts');
      const { planInTerminal } = await import('../plan-in-terminal.ts');
      const made = await withWorkspace(context, (workspace) =>
        planInTerminal(context, workspace, { config, ...options, unreviewed: null }),
      );
      await made.dispose();
      const { plans } = made;
      const refused = refusalExit(plans.flatMap(({ plan }) => plan.findings));
      if (refused !== null) context.exitCode = refused;
      if (options.json) {
        const [only] = plans;
        if (plans.length === 1 && only) printJson(context, { ...only.plan });
        else printJson(context, { plans: plans.map(({ plan }) => plan) });
        return;
      }
      const { renderPlans } = await import('../ui/plan-view.ts');
      await page(
        context,
        renderPlans(
          plans.map(({ plan }) => plan),
          context.stdout,
          options.quiet,
        ),
      );
      const review = plans.find(({ plan }) => plan.review.state !== 'passed')?.plan.review.gate?.next;
      if (refused !== null) return;
      const train = [
        'lorch train',
        quotePath(config),
        ...options.set.map((each) => `--set ${quotePath(each)}`),
      ].join(' ');
      context.stderr.write(renderNext(review ? [review, train] : [train], context.stderr));
    });
}
