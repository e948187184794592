import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { page } from '../page.ts';
import { printJson } from '../ui/json.ts';
import { withWorkspace } from '../with-workspace.ts';

/** `lorch show RUN` */
export function define(command: Command, context: Context): void {
  command
    .argument('<run>', 'id, beginning of an id, name, or @last')
    .option('--json', 'one JSON object')
    .option('--markdown', "the run's report")
    .option('--tsv', 'the tables alone, tab-separated')
    .addHelpText('after', '\nExamples:\n  lorch show @last\n  lorch show support-r16 --markdown\n')
    .action(async (ref: string, options: { json?: true; markdown?: true; tsv?: true }) => {
      const { showRun } = await import('../../app/runs/show-run.ts');
      await withWorkspace(context, async (workspace) => {
        const shown = await showRun(workspace.store, workspace.runsDir, ref, context.now());
        if (options.json) {
          const { trainRowsOf, validationRowsOf } = await import('../../run/split-rows.ts');
          return printJson(context, {
            ...shown.run,
            dir: shown.dir,
            train_rows: trainRowsOf(shown.run.plan),
            validation_rows: validationRowsOf(shown.run.plan),
            failure: shown.failure,
            attempts: shown.attempts,
            forecasts: shown.forecasts,
            findings: shown.findings,
            checkpoints: shown.checkpoints,
            artifacts: shown.artifacts,
            away: shown.away,
          });
        }
        if (options.markdown) {
          const { renderReport } = await import('../../app/runs/render-report.ts');
          context.stdout.write(renderReport(shown));
          return;
        }
        const { renderRun, renderRunTables } = await import('../ui/show-view.ts');
        if (options.tsv) {
          context.stdout.write(renderRunTables(shown, context.stdout));
          return;
        }
        await page(context, renderRun(shown, context.stdout, context.now(), context.cwd));
      });
    });
}
