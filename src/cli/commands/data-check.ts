import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CheckRun, NamedFile } from '../../app/data/check/check-and-report.ts';
import type { CheckGroup } from '../../dataset/checks/check.ts';
import { formatNames } from '../../dataset/formats/index.ts';
import type { Context } from '../context.ts';
import { countTokens, type TokenFlags } from '../count-tokens.ts';
import { EXIT } from '../exit-codes.ts';
import { page } from '../page.ts';
import { parseCount } from '../parse-options.ts';
import { addRowOptions, checkRowOptions } from '../row-options.ts';

interface Flags extends TokenFlags {
  max?: number;
  checks?: string;
  only: string[];
  skip: string[];
  group: CheckGroup[];
  baseline?: string;
  writeBaseline?: string;
  new: 'error' | 'warning';
  fix?: true;
  output?: string;
  html?: string;
  sarif?: string;
  json?: true;
  ndjson?: true;
  quiet?: true;
}

const examples = `
The worst findings come first, each with its first three places. Exit code 1 if an error remains.
Settings come from <dataset>.checks.yaml beside the dataset and from lorch.yaml: docs/data-check.md.

Examples:
  lorch data check datasets/train.jsonl
  lorch data check train.jsonl --html report.html --sarif check.sarif
  lorch data check train.jsonl --tokenizer Qwen/Qwen2.5-0.5B-Instruct --max-length 2048
  lorch data check train.jsonl --fix                       what would change
  lorch data check train.jsonl --fix -o fixed.jsonl
  lorch data check train.jsonl --write-baseline train.jsonl.baseline
  lorch data check train.jsonl --baseline train.jsonl.baseline
  lorch data check "data/**/*.jsonl" --only refusal,D014 --max 20
  lorch data check rows.json --json | jq .ledger
  lorch data check calls.jsonl --format mapping.yaml
  lorch data check rows.csv more.parquet rows.jsonl.zst
  lorch data check hf://datasets/user/name@main/data/*.parquet
  curl -s https://example.org/rows.jsonl.gz | lorch data check -
`;

/** `lorch data check DATASET…` */
export function define(command: Command, context: Context): void {
  addRowOptions(command)
    .description('Every fault of a dataset by line and column, and where every row would go.')
    .argument('<dataset...>', 'files, globs, hf://datasets/user/name, or - for stdin')
    .option(
      '--format <name>',
      `${formatNames.join(', ')}, or a YAML file that maps the fields; auto detects it from the rows`,
      'auto',
    )
    .option('--max <places>', 'places shown for each code (3; with --json all)', parseCount)
    .option('--checks <file>', 'check settings, instead of those beside the dataset')
    .option('--only <checks>', 'run these checks only: codes or names, with commas', list, [])
    .option('--skip <checks>', 'skip these checks', list, [])
    .option('--group <name>', `run one group only: ${groups.join(', ')} (repeatable)`, parseGroup, [])
    .option('--tokenizer <model>', 'count tokens with the tokenizer and template of a hub id or folder')
    .addOption(
      new Option('--template <kind>', 'chat template for --tokenizer')
        .choices(['auto', 'model', 'chatml', 'alpaca'])
        .default('auto'),
    )
    .option('--python <path>', 'another Python environment')
    .option('--baseline <file>', 'accept the findings in it: only new ones are shown and fail')
    .option('--write-baseline <file>', 'accept every error and warning that is found now')
    .addOption(
      new Option('--new <severity>', 'what fails beyond the baseline')
        .choices(['error', 'warning'])
        .default('error'),
    )
    .option('--fix', 'show the certain fixes as differences; with -o write them')
    .option('-o, --output <file>', 'the fixed copy: a file that does not exist yet')
    .option('--html <file>', 'a report of one file for the browser')
    .option('--sarif <file>', 'SARIF 2.1.0, which code review shows at the lines')
    .option('-q, --quiet', 'the totals and the verdict, no findings')
    .addOption(new Option('--json', 'one JSON object').conflicts('ndjson'))
    .option('--ndjson', 'one finding a line, as they are found; the totals are the last line')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      if (flags.output !== undefined && !flags.fix)
        command.error('error: -o needs --fix', { exitCode: EXIT.usage });
      checkRowOptions(command, flags);
      await check(patterns, flags, context);
    });
}

const groups = ['structure', 'content', 'consistency'] as const;

function parseGroup(value: string, before: CheckGroup[]): CheckGroup[] {
  const group = groups.find((each) => each === value);
  if (!group) throw new InvalidArgumentError(`it is one of ${groups.join(', ')}.`);
  return [...before, group];
}

function list(value: string, before: string[]): string[] {
  return [
    ...before,
    ...value
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ];
}

async function check(patterns: string[], flags: Flags, context: Context): Promise<void> {
  const { resolve } = await import('node:path');
  const { checkAndReport } = await import('../../app/data/check/check-and-report.ts');
  const { createProgress } = await import('../ui/progress.ts');
  const { readVersion } = await import('../version.ts');
  const named = (file: string | undefined): NamedFile | null =>
    file === undefined ? null : { path: resolve(context.cwd, file), label: file };
  const write = (text: string): void => context.stdout.write(text);
  const progress = createProgress(context, 'rows');
  const tokens = await countTokens(context, flags, progress.update);
  const run: CheckRun = {
    cwd: context.cwd,
    env: context.env,
    version: readVersion(),
    nowMs: context.now(),
    patterns,
    format: flags.format,
    stdin: context.stdin,
    settings: named(flags.checks),
    filter: { only: flags.only, skip: flags.skip, groups: flags.group },
    baseline: named(flags.baseline),
    writeBaseline: named(flags.writeBaseline),
    html: named(flags.html),
    sarif: named(flags.sarif),
    stream: flags.json ? { form: 'json', write } : flags.ndjson ? { form: 'ndjson', write } : null,
    max: flags.max ?? null,
    tokens,
    fix: flags.fix ? { copy: named(flags.output) } : null,
    onProgress: (rows) => progress.update(rows, null),
    onDownload: (file, bytes, total) => progress.update(bytes, total, `bytes of ${file}`),
  };
  const checked = await checkAndReport(run).finally(async () => {
    progress.end();
    await tokens?.dispose();
  });
  const { found, fixed, recorded } = checked;
  const fails = found.error > 0 || (flags.new === 'warning' && found.warning > 0);
  // A new baseline accepts all of them.
  if (fails && recorded === null) context.exitCode = EXIT.findings;
  if (!flags.json) {
    const { renderCheck } = await import('../ui/check-view.ts');
    const stream = flags.ndjson ? context.stderr : context.stdout;
    if (fixed) {
      const { renderFixes } = await import('../ui/fix-view.ts');
      stream.write(`${renderFixes(fixed, stream)}\n`);
    }
    const totalsOnly = fixed !== null || flags.ndjson === true || flags.quiet === true;
    const text = renderCheck(checked, stream, totalsOnly);
    if (stream === context.stdout) await page(context, text);
    else stream.write(text);
  }
  const { describeNext } = await import('../ui/check-next.ts');
  context.stderr.write(describeNext(flags, checked, patterns));
}
