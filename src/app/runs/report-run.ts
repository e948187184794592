import type { SuperviseDeps } from '../../supervise/deps.ts';
import { writeRunReport } from './render-report.ts';
import { showRun } from './show-run.ts';

/** Writes a run's report.md. A report that cannot be made takes nothing with it: the record stands without. */
export async function reportRun(deps: SuperviseDeps, run: string): Promise<void> {
  try {
    await writeRunReport(await showRun(deps.store, deps.runsDir, run, deps.now()));
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, 'the report could not be written');
  }
}
