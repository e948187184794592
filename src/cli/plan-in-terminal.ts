// Planning with progress on stderr; shared by plan and train.
import { resolve } from 'node:path';
import type { PlannedRun } from '../app/create-run.ts';
import { makePlans } from '../app/make-plan.ts';
import { type OpenWorkspace, openWorkspace } from '../app/open-workspace.ts';
import type { Context } from './context.ts';
import { createProgress, type Progress } from './ui/progress.ts';
import { readVersion } from './version.ts';

export interface PlanOptions {
  config: string;
  set: string[];
  python?: string;
  unreviewed: string | null;
}

/** Opens the workspace and makes the plan, or one for each point of a sweep. */
export async function planInTerminal(
  context: Context,
  options: PlanOptions,
): Promise<{ workspace: OpenWorkspace; plans: PlannedRun[] }> {
  const workspace = await openWorkspace({ cwd: context.cwd, env: context.env });
  let progress: Progress | null = null;
  let label = '';
  try {
    const plans = await makePlans({
      workspace,
      configPath: resolve(context.cwd, options.config),
      overrides: options.set,
      unreviewed: options.unreviewed,
      cwd: context.cwd,
      env: context.env,
      lorchVersion: readVersion(),
      now: context.now(),
      python: () => workspace.python(options.python),
      onProgress: (step) => {
        if (step.label !== label) {
          progress?.end();
          label = step.label;
          progress = createProgress(context, label);
        }
        progress?.update(step.done, step.total);
      },
    });
    return { workspace, plans };
  } finally {
    // TypeScript does not see the assignments made inside the callback.
    (progress as Progress | null)?.end();
  }
}
