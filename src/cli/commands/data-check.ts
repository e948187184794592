import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCount } from '../parse-options.ts';
import { printJson } from '../ui/json.ts';

interface Flags {
  format: string;
  max?: number;
  json?: true;
  ndjson?: true;
}

const examples = `
Findings stand worst first, with the first three places of each. Exit code 1 where an error remains.

Examples:
  lorch data check datasets/train.jsonl
  lorch data check "data/**/*.jsonl" --max 20
  lorch data check rows.json --json | jq .ledger
  lorch data check calls.jsonl --format mapping.yaml
  lorch data check rows.csv more.parquet rows.jsonl.zst
  lorch data check hf://datasets/user/name@main/data/*.parquet
  curl -s https://example.org/rows.jsonl.gz | lorch data check -
`;

/** `lorch data check DATASET…` */
export function define(command: Command, context: Context): void {
  command
    .description('Every fault of a dataset by line and column, and where every row would go.')
    .argument('<dataset...>', 'files, globs, hf://datasets/user/name, or - for stdin')
    .option(
      '--format <name>',
      'alpaca, chatml, chatml-text, sharegpt, preference, or a YAML file that maps the fields; auto tells by the rows',
      'auto',
    )
    .option('--max <places>', 'places shown for each code (3; with --json all)', parseCount)
    .option('--json', 'one JSON object')
    .option('--ndjson', 'one finding a line, as they are found')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { checkDataset } = await import('../../app/check-dataset.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const progress = createProgress(context, 'rows');
      const checked = await checkDataset({
        cwd: context.cwd,
        env: context.env,
        patterns,
        format: flags.format,
        stdin: context.stdin,
        max: flags.ndjson ? 0 : (flags.max ?? (flags.json ? null : 3)),
        onProgress: (rows) => progress.update(rows, null),
        onDownload: (file, bytes, total) => progress.update(bytes, total, `bytes of ${file}`),
        ...(flags.ndjson && {
          onFinding: (finding) => context.stdout.write(`${JSON.stringify(finding)}\n`),
        }),
      }).finally(() => progress.end());
      if (checked.errors.rows + checked.errors.files > 0) context.exitCode = EXIT.findings;
      if (flags.json) {
        const { format, rows, files, ledger, codes } = checked;
        const findings = codes.flatMap((each) => each.findings);
        const counts = Object.fromEntries(codes.map(({ code, count }) => [code, count]));
        return printJson(context, {
          format: format.name,
          format_why: format.why,
          confidence: format.confidence,
          rows,
          files,
          findings,
          counts,
          ledger,
        });
      }
      const { renderCheck } = await import('../ui/check-view.ts');
      const stream = flags.ndjson ? context.stderr : context.stdout;
      stream.write(renderCheck(checked, stream));
      if (checked.codes.length > 0) context.stderr.write('more on a code: lorch explain CODE\n');
    });
}
