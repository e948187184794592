import { readFile } from 'node:fs/promises';
import { UserError } from '../diagnostics/user-error.ts';
import { runPaths } from '../run/layout.ts';
import type { Plan } from '../run/plan.ts';

/** The plan a run was launched with. Throws UserError R151 where the folder has none. */
export async function readPlan(runDir: string): Promise<Plan> {
  const path = runPaths(runDir).plan;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Plan;
  } catch (error) {
    throw new UserError('R151', `the plan ${path} cannot be read`, {
      hint: 'the run folder is damaged; `lorch rm` takes the run off the record',
      exitCode: 1,
      cause: error,
    });
  }
}
