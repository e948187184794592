import { UserError } from '../../diagnostics/user-error.ts';
import { runPaths } from '../../run/layout.ts';
import type { Plan } from '../../run/plan.ts';
import { faultOf } from '../../run/run-file.ts';
import { readPlanFile } from '../../supervise/run-folder.ts';

/** The plan that a run was launched with. Throws UserError R151 if the folder has no readable plan. */
export async function requirePlan(runDir: string): Promise<Plan> {
  const read = readPlanFile(runDir);
  if (read.state === 'read') return read.value;
  throw new UserError('R151', `the plan ${runPaths(runDir).plan} cannot be read: ${faultOf(read)}`, {
    hint: 'the run folder is damaged; `lorch rm` removes the run',
    exitCode: 1,
  });
}
