import type { Command } from 'commander';
import type { OpenWorkspace } from '../../app/machine/open-workspace.ts';
import { createRedactor } from '../../diagnostics/secrets.ts';
import type { UserError } from '../../diagnostics/user-error.ts';
import type { Plan } from '../../run/plan.ts';
import type { After } from '../../run/queue-file.ts';
import type { Context } from '../context.ts';
import { collect, parseWhole } from '../parse-options.ts';
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
  queue?: true;
  priority?: number;
  after: string[];
  afterAny: string[];
}

/** `lorch train CONFIG` */
export function define(command: Command, context: Context): void {
  command
    .argument('<config>', 'a run config, YAML')
    .option('--set <path=value...>', 'change a setting, e.g. --set lora.r=32', [])
    .option('--detach', 'launch and return; follow with `lorch logs -f`')
    .option('--queue', 'let the run wait for a free device, and return; a sweep waits as one group')
    .option('--priority <number>', 'with --queue: runs with a higher number start first', parseWhole)
    .option(
      '--after <run>',
      'with --queue: start when this run or sweep has succeeded; may be repeated',
      collect,
      [],
    )
    .option('--after-any <run>', 'with --queue: start when this run or sweep has ended', collect, [])
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
  lorch train configs/sweep-rank.yaml --queue  the same without this terminal
  lorch train configs/support-triage.yaml --queue --priority 5 --after @last
Ctrl-C asks for a checkpoint, a second Ctrl-C kills.
`,
    )
    .action(async (config: string, options: Options) => {
      const { planInTerminal } = await import('../plan-in-terminal.ts');
      const { train, trainQueued, unreviewedReason } = await import('../../app/runs/train.ts');
      const { renderPlans } = await import('../ui/plan-view.ts');
      const { launchInTerminal, nextCommands, queuedLine } = await import('../start-runs.ts');
      const unreviewed = unreviewedReason(options.unreviewed, createRedactor(context.env));
      const queued = isQueued(options);
      const started = await withWorkspace(context, async (workspace) => {
        const after = queued ? await resolveAfter(workspace, options) : [];
        const made = await planInTerminal(context, workspace, { config, ...options, unreviewed });
        const deps = workspace.launchDeps(options.python);
        const onPlans = (plans: readonly Plan[], refusal: UserError | null) => {
          // Do not repeat the refusal's message among the findings.
          const shown = plans.map((plan) => ({
            ...plan,
            findings: plan.findings.filter(({ code }) => code !== refusal?.code),
          }));
          context.stderr.write(renderPlans(shown, context.stderr, options.quiet));
        };
        if (queued) {
          const { keptPython } = await import('../kept-python.ts');
          const python = await keptPython(context, options.python);
          const queue = { priority: options.priority ?? 0, after, python };
          const runs = await trainQueued(deps, made, { onPlans, queue });
          return runs.map((run) => ({ run, status: 'queued' }));
        }
        return await train(deps, made, {
          ...launchInTerminal(context, workspace, options.detach === true),
          onPlans,
        });
      });
      if (queued) context.stderr.write(queuedLine(started.map(({ run }) => run)));
      const next = nextCommands(started);
      if (next.length > 0) context.stderr.write(renderNext(next, context.stderr));
      context.stdout.write(started.map(({ run }) => `${run}\n`).join(''));
    });
}

/** Each of these options is about waiting. */
function isQueued({ queue, priority, after, afterAny }: Options): boolean {
  return queue === true || priority !== undefined || after.length > 0 || afterAny.length > 0;
}

async function resolveAfter({ deps }: OpenWorkspace, { after, afterAny }: Options): Promise<After[]> {
  const { resolveAfter: resolve } = await import('../../app/runs/queue-runs.ts');
  return resolve(deps, { ok: after, any: afterAny });
}
