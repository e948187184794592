import { type Command, InvalidArgumentError } from 'commander';
import type { RunFilters } from '../../app/runs/list-runs.ts';
import type { Context } from '../context.ts';
import { collect, parseCount } from '../parse-options.ts';
import { printJson } from '../ui/json.ts';
import { say } from '../ui/say.ts';
import { withWorkspace } from '../with-workspace.ts';

const statuses = ['queued', 'launching', 'running', 'stopping', 'succeeded', 'failed', 'cancelled', 'lost'];

interface Options extends RunFilters {
  limit: number;
  all?: true;
  json?: true;
}

/** `lorch runs` */
export function define(command: Command, context: Context): void {
  command
    .option('--status <status>', `one or more of ${statuses.join(', ')}, separated by commas`, parseStatuses)
    .option('--name <name>', 'runs of this name')
    .option('--tag <tag>', 'runs with this tag')
    .option('--sweep <id>', 'the runs of one sweep')
    .option('--where <condition>', "a condition on a setting, e.g. 'lora.r>=16'; may be repeated", collect)
    .option('--limit <count>', 'the newest so many', parseCount, 20)
    .option('--all', 'no limit')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      "\nExamples:\n  lorch runs\n  lorch runs --status running,failed\n  lorch runs --where 'lora.r>=16' --where training.packing=true --json\n",
    )
    .action(async (options: Options) => {
      const { listRecordedRuns } = await import('../../app/runs/list-runs.ts');
      await withWorkspace(context, async (workspace) => {
        const { limit, all, json, ...filters } = options;
        // Read one more than is shown, to know whether there are others.
        const found = listRecordedRuns(
          workspace.store,
          { ...filters, ...(all ? {} : { limit: limit + 1 }) },
          context.now(),
        );
        const runs = all ? found : found.slice(0, limit);
        if (json) return printJson(context, { runs, more: found.length > runs.length });
        if (runs.length === 0) {
          const filtered = Object.keys(filters).length > 0;
          context.stderr.write(
            filtered ? 'no run meets these conditions\n' : 'no runs yet: `lorch train CONFIG` makes one\n',
          );
          return;
        }
        const { renderRunTable } = await import('../ui/run-table.ts');
        const { text, dropped } = renderRunTable(runs, context.stdout, context.now());
        context.stdout.write(text);
        if (dropped.length > 0)
          say(context.stderr, `not shown at this width: ${dropped.join(', ')}; --json has everything`);
        if (found.length > runs.length)
          say(context.stderr, `the newest ${runs.length}; --limit or --all shows more`);
      });
    });
}

function parseStatuses(text: string): string[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !statuses.includes(word));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${unknown || 'an empty word'} is none of ${statuses.join(', ')}.`);
  return words;
}
