import type { Command } from 'commander';
import type { DatasetDiff, DiffedRow } from '../../app/data/diff-datasets.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCount } from '../parse-options.ts';
import { printJson } from '../ui/json.ts';
import { fitText } from '../ui/wrap.ts';

interface Flags {
  format: string;
  max?: number;
  json?: true;
}

const examples = `
Rows are compared by fingerprint, so formats, files and order make no difference. A row counts as changed if its id
(or uid, uuid …) or everything its user says is the same and the rest is not. Exit code 0 if both hold the same rows,
whatever their order and metadata; 1 if they differ.

Examples:
  lorch data diff train-v1.jsonl train-v2.jsonl
  lorch data diff alpaca.json train-chatml.jsonl
  lorch data diff "old/*.jsonl" "new/*.jsonl" --max 50
  lorch data diff a.jsonl b.jsonl --json | jq .changed
`;

/** `lorch data diff A B` */
export function define(command: Command, context: Context): void {
  command
    .description('Rows added, removed and changed between two versions of a dataset.')
    .argument('<a>', 'a file, a pattern, hf://datasets/…, or - for stdin')
    .argument('<b>', 'the same')
    .option('--format <name>', 'format of both; auto detects it from the rows', 'auto')
    .option('--max <rows>', 'rows shown of each kind (10; with --json all)', parseCount)
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (a: string, b: string, flags: Flags) => {
      const { diffDatasets } = await import('../../app/data/diff-datasets.ts');
      const { createProgress } = await import('../ui/progress.ts');
      if (a === '-' && b === '-')
        command.error('error: only one of the two can be stdin', { exitCode: EXIT.usage });
      const progress = createProgress(context, 'rows');
      const diff = await diffDatasets({
        cwd: context.cwd,
        env: context.env,
        a,
        b,
        format: flags.format,
        stdin: context.stdin,
        max: flags.max ?? (flags.json ? null : 10),
        onProgress: (rows) => progress.update(rows, null),
      }).finally(() => progress.end());
      if (!diff.equal) context.exitCode = EXIT.findings;
      if (flags.json) return printJson(context, report(diff));
      const { renderDiff } = await import('../ui/diff-view.ts');
      context.stdout.write(fitText(renderDiff(diff, context.stdout), context.stdout));
    });
}

function report({ a, b, equal, same, moved, ...lists }: DatasetDiff): Record<string, unknown> {
  const { metadata, changed, added, removed } = lists;
  const counts = {
    same,
    moved,
    metadata: metadata.count,
    changed: changed.count,
    added: added.count,
    removed: removed.count,
  };
  return {
    a: { ...a, format: a.format.name },
    b: { ...b, format: b.format.name },
    equal,
    counts,
    changed: changed.listed.map((each) => ({ a: row(each.a), b: row(each.b), by: each.by })),
    metadata: metadata.listed.map((each) => ({ a: row(each.a), b: row(each.b) })),
    added: added.listed.map(row),
    removed: removed.listed.map(row),
  };
}

function row({ place, fingerprint }: DiffedRow): Record<string, unknown> {
  return { row: place.row, file: place.file, line: place.line, fingerprint };
}
