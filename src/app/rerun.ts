// The same plan once more, as a new run: nothing is read, checked or tokenised again.
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import { runPaths } from '../run/layout.ts';
import { resolveRun } from '../store/resolve-run.ts';
import type { SuperviseDeps } from '../supervise/deps.ts';
import { createRun } from './create-run.ts';
import { readPlan } from './read-plan.ts';

/** Makes a queued run with the plan, rows and config of another; returns its id. */
export async function rerun(deps: SuperviseDeps, ref: string, unreviewed: string | null): Promise<string> {
  const from = runPaths(join(deps.runsDir, resolveRun(deps.store, ref)));
  const plan = await readPlan(from.dir);
  await access(from.data).catch(() => {
    throw new UserError('R155', `run ${ref} has lost its prepared rows (${from.data})`, {
      hint: 'train from its config instead: lorch train CONFIG',
      exitCode: 1,
    });
  });
  const review = unreviewed === null ? plan.review : { ...plan.review, reason: unreviewed };
  return await createRun(deps, {
    plan: { ...plan, created_ms: deps.now(), review },
    configYaml: await readFile(from.config, 'utf8'),
    ledger: from.ledger,
    prepared: from.data,
  });
}
