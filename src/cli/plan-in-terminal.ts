// Planning with progress on stderr; shared by plan and train.
import { resolve } from 'node:path';
import type { OpenWorkspace } from '../app/machine/open-workspace.ts';
import { type MadePlans, makePlans } from '../app/plan/make-plan.ts';
import { indexReview } from '../app/review/index-reviews.ts';
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
    const made = await makePlans({
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
    await indexLogs(workspace, made);
    return made;
  } finally {
    // TypeScript does not see the assignments made inside the callback.
    (progress as Progress | null)?.end();
  }
}

// What a plan has just read of reviews is what the index should say.
async function indexLogs({ store, root }: OpenWorkspace, { plans }: MadePlans): Promise<void> {
  const logs = new Set(plans.flatMap(({ plan }) => plan.review.gate?.logs.map(({ path }) => path) ?? []));
  for (const log of logs) await indexReview(store, root, resolve(root, log));
}
