// What `queue move`, `queue hold` and `queue release` have in common.
import type { QueueChange } from '../app/runs/change-queue.ts';
import type { Context } from './context.ts';
import { printJson } from './ui/json.ts';
import { renderNext } from './ui/next.ts';
import { withWorkspace } from './with-workspace.ts';

export const queueArgument = 'a waiting run or sweep: id, beginning of an id, or name';

/** Changes the places of what `ref` names, and says so. */
export async function changeInTerminal(
  context: Context,
  ref: string,
  { change, said, json }: { change: QueueChange; said: string; json: true | undefined },
): Promise<void> {
  const { changeQueue } = await import('../app/runs/change-queue.ts');
  await withWorkspace(context, async ({ deps }) => {
    const runs = await changeQueue(deps, ref, change);
    if (json) return printJson(context, { runs });
    for (const run of runs) context.stderr.write(`${said} ${run}\n`);
    context.stderr.write(renderNext(['lorch queue'], context.stderr));
    context.stdout.write(runs.map((run) => `${run}\n`).join(''));
  });
}
