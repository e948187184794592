import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { page } from '../page.ts';
import { printJson } from '../ui/json.ts';
import { withWorkspace } from '../with-workspace.ts';

interface Options {
  json?: true;
  csv?: true;
  markdown?: true;
  tsv?: true;
  metric: string[];
}

/** `lorch compare RUN RUN…` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run...>', 'two or more: id, beginning of an id, name, or @last; or a sweep')
    .option('--metric <name...>', 'curves to overlay', ['loss', 'eval_loss'])
    .option('--json', 'one JSON object')
    .option('--csv', 'settings and results as CSV')
    .option('--tsv', 'the tables of the screen, tab-separated')
    .option('--markdown', 'settings and results as Markdown tables')
    .addHelpText(
      'after',
      '\nExamples:\n  lorch compare support-r4 support-r16\n  lorch compare sweep-rank                     the runs of a sweep\n  lorch compare @last 20261124-0930 --csv > runs.csv\n',
    )
    .action(async (refs: string[], options: Options) => {
      const { compareRuns } = await import('../../app/runs/compare-runs.ts');
      await withWorkspace(context, async (workspace) => {
        const comparison = await compareRuns({
          store: workspace.store,
          runsDir: workspace.runsDir,
          runs: refs,
          metrics: options.metric,
          now: context.now(),
        });
        if (options.json) return printJson(context, { ...comparison });
        const view = await import('../ui/compare-view.ts');
        if (options.csv) context.stdout.write(view.renderComparisonCsv(comparison));
        else if (options.markdown) context.stdout.write(view.renderComparisonMarkdown(comparison));
        else await page(context, view.renderComparison(comparison, context.stdout, options.tsv));
      });
    });
}
