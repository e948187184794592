import type { SuperviseDeps } from '../../supervise/deps.ts';
import { writeRunReport } from './render-report.ts';
import { showRun } from './show-run.ts';

/** Writes a run's report.md. If that fails, nothing else is affected. */
export async function reportRun(deps: SuperviseDeps, run: string): Promise<void> {
  try {
    await writeRunReport(await showRun(deps.store, deps.runsDir, run, deps.now()));
  } catch (error) {
    deps.log.run(run).warn({ error: String(error) }, 'the report could not be written');
  }
}
