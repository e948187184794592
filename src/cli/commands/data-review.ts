import { type Command, Option } from 'commander';
import type { ReviewFlags } from '../../app/review/review-request.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCount } from '../parse-options.ts';
import { readStdin } from '../read-stdin.ts';
import { readVersion } from '../version.ts';

interface Flags extends ReviewFlags {
  findings?: true;
  settle?: true;
  status?: true;
  list?: true;
  json?: true;
  export?: string;
  import?: string;
  finish?: true;
  output?: string;
}

const examples = `
Rows come in a random order that the dataset's own fingerprint decides. Each verdict is saved in
DATASET.review.jsonl before the next row is shown, so you can stop at any time and continue later.

Examples:
  lorch data review datasets/train.jsonl
  lorch data review datasets/train.jsonl --rows 100 --config configs/run.yaml
  lorch data review datasets/train.jsonl --findings        rows that a check found; they do not count in the rate
  lorch data review datasets/train.jsonl --status          the state of the review; --json for scripts
  lorch data review datasets/train.jsonl --settle          rows on which reviewers differ
  lorch data review datasets/train.jsonl --export rows.csv, and later --import rows.csv --reviewer ann
  lorch data review datasets/train.jsonl --finish -o datasets/train-v2.jsonl
`;

const modes = ['findings', 'settle', 'status', 'list', 'export', 'import', 'finish'] as const;
const withJson: readonly (string | undefined)[] = ['status', 'list', 'import', 'finish'];

/** `lorch data review DATASET…` */
export function define(command: Command, context: Context): void {
  command
    .description('Read random rows of a dataset one by one, and know how good the rest is.')
    .argument('[dataset...]', 'files or globs; several are one dataset')
    .option('--rows <n>', 'rows to read in all (50, or what the config asks for)', parseCount)
    .option('--reviewer <name>', 'who reads (by default the user name)')
    .option('--findings', 'read rows that a check found; they do not count in the rate')
    .option('--settle', 'decide the rows that reviewers differ on')
    .option('--status', 'the state of the review; exit code 1 if the limit is not met')
    .option('--list', 'the reviews of the workspace; takes no dataset')
    .option('--export <file>', 'write the rows as a sheet to fill in, .csv or .jsonl')
    .option('--import <file>', 'read the verdicts of a filled sheet')
    .option('--finish', 'write a new version: without rejected rows, with the edits (needs -o)')
    .option('-o, --output <file>', 'the new version, a .jsonl or .json that does not exist yet')
    .option(
      '--format <name>',
      'a format, or a YAML file that maps the fields; auto detects it from the rows',
      'auto',
    )
    .option('--config <file>', 'a run config: its limit, and what its model sees of each row')
    .option('--tokenizer <model>', 'hub id or folder of the model whose view is shown')
    .addOption(
      new Option('--template <kind>', 'chat template for --tokenizer')
        .choices(['auto', 'model', 'chatml', 'alpaca'])
        .default('auto'),
    )
    .option('--python <path>', 'another Python environment')
    .option('--json', 'one JSON object (with --status, --list, --import and --finish)')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const asked = modes.filter((mode) => flags[mode] !== undefined);
      const usage = (message: string): never => command.error(`error: ${message}`, { exitCode: EXIT.usage });
      if (asked.length > 1) usage(`--${asked[0]} and --${asked[1]} are two things to do`);
      const [mode] = asked;
      if ((mode === 'finish') !== (flags.output !== undefined)) usage('--finish and -o go together');
      if (flags.json && !withJson.includes(mode))
        usage('--json goes with --status, --list, --import or --finish');
      if ((mode === 'list') === patterns.length > 0)
        usage(mode === 'list' ? '--list takes no dataset' : 'which dataset?');
      if (mode === 'list') {
        const { listWorkspaceReviews } = await import('../review-modes.ts');
        return await listWorkspaceReviews(context, flags.json === true);
      }
      const { openReviewRequest } = await import('../../app/review/review-request.ts');
      const request = await openReviewRequest(
        {
          cwd: context.cwd,
          env: context.env,
          now: context.now,
          tool: `lorch ${readVersion()}`,
          stdin: () => readStdin(context),
        },
        patterns,
        flags,
      );
      if (mode === undefined || mode === 'findings' || mode === 'settle') {
        const { reviewInTerminal } = await import('../review-in-terminal.ts');
        const what = mode === 'findings' ? mode : mode === 'settle' ? 'disputes' : 'drawn';
        return await reviewInTerminal(context, { ...request, session: { ...request.session, what } });
      }
      const { runReviewMode } = await import('../review-modes.ts');
      await runReviewMode(context, request, mode, flags);
    });
}
