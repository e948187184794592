// Planning with progress on stderr; shared by plan and train.
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import { type MadePlans, makePlans } from '../app/plan/make-plan.ts';
import type { Context } from './context.ts';
import { readStdin } from './read-stdin.ts';
import { createProgress, type Progress } from './ui/progress.ts';
import { readVersion } from './version.ts';

export interface PlanOptions {
  config: string;
  set: string[];
  python?: string;
  unreviewed: string | null;
  /** A GPU of lorch's table instead of the machine's own. */
  gpu?: string;
  pricePerHour?: number;
}

/** Makes the plan, or one for each point of a sweep. */
export async function planInTerminal(
  context: Context,
  workspace: OpenWorkspace,
  options: PlanOptions,
): Promise<MadePlans> {
  let progress: Progress | null = null;
  let label = '';
  try {
    return await makePlans({
      workspace,
      configPath: options.config,
      stdin: () => readStdin(context),
      overrides: options.set,
      pricePerHour: options.pricePerHour ?? workspace.pricePerHour,
      unreviewed: options.unreviewed,
      cwd: context.cwd,
      env: context.env,
      lorchVersion: readVersion(),
      now: context.now(),
      ...(options.gpu === undefined ? {} : { gpu: options.gpu }),
      cacheVersion: () => workspace.cacheVersion(options.python),
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
  } finally {
    // TypeScript does not see the assignments made inside the callback.
    (progress as Progress | null)?.end();
  }
}
