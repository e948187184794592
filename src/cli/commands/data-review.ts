import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';

interface Flags {
  rows?: number;
  reviewer?: string;
  findings?: true;
  settle?: true;
  format: string;
  config?: string;
  tokenizer?: string;
  template: 'auto' | 'model' | 'chatml' | 'alpaca';
  python?: string;
}

const examples = `
Rows come in a random order that the dataset's own fingerprint decides. Each verdict is on disk, in
DATASET.review.jsonl, before the next row shows; stop whenever you like and start again. --findings reads rows
that a check found, which does not count in the rate.

Examples:
  lorch data review datasets/train.jsonl
  lorch data review datasets/train.jsonl --rows 100 --config configs/run.yaml
  lorch data review datasets/train.jsonl --findings
`;

/** `lorch data review DATASET…` */
export function define(command: Command, context: Context): void {
  command
    .description('Read random rows of a dataset one by one, and know how good the rest is.')
    .argument('<dataset...>', 'files or globs; several are one dataset')
    .option('--rows <n>', 'rows to read in all (50, or what the config asks for)', parseCount)
    .option('--reviewer <name>', 'who reads (by default the user name)')
    .option('--findings', 'read rows that a check found; they do not count in the rate')
    .option('--settle', 'decide the rows that reviewers differ on')
    .option('--format <name>', 'format of the rows; auto tells by the rows', 'auto')
    .option('--config <file>', 'a run config: its limit, and what its model sees of each row')
    .option('--tokenizer <model>', 'hub id or folder of the model whose view is shown')
    .addOption(
      new Option('--template <kind>', 'chat template for --tokenizer')
        .choices(['auto', 'model', 'chatml', 'alpaca'])
        .default('auto'),
    )
    .option('--python <path>', 'another Python environment')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { openReviewRequest } = await import('../review-request.ts');
      const request = await openReviewRequest(context, patterns, flags);
      const { reviewInTerminal } = await import('../review-in-terminal.ts');
      await reviewInTerminal(context, {
        ...request,
        session: {
          ...request.session,
          what: flags.findings ? 'findings' : flags.settle ? 'disputes' : 'drawn',
        },
      });
    });
}
