import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { countTokens, type TokenFlags } from '../count-tokens.ts';
import { addRowOptions, checkRowOptions } from '../row-options.ts';
import { printJson } from '../ui/json.ts';
import { fitText } from '../ui/wrap.ts';

interface Flags extends TokenFlags {
  json?: true;
}

const examples = `
The command counts the rows that a run would use: those without errors (by the settings of lorch data check), with
exact duplicates once. Without --tokenizer lengths are in characters. With it they are counted by the tokenisation that
training uses, which needs a Python environment: lorch setup --tokenizer makes a light one, without PyTorch. Without an
environment the rest is shown, and the exit code is 3. Rows are named by file and line, a few here and all of them with
--json.

Examples:
  lorch data stats datasets/train.jsonl
  lorch data stats datasets/train.jsonl --tokenizer Qwen/Qwen2.5-0.5B-Instruct
  lorch data stats datasets/train.jsonl --tokenizer ./my-model --max-length 2048 --truncate left
  lorch data stats corpus.txt --format text --tokenizer ./my-model --max-length 2048
  lorch data stats "data/*.jsonl" --json | jq .percentiles
`;

/** `lorch data stats DATASET…` */
export function define(command: Command, context: Context): void {
  addRowOptions(command)
    .description('Rows, turns, characters and tokens of a dataset, and how they are spread.')
    .argument('<dataset...>', 'files, globs, hf://datasets/user/name, or - for stdin')
    .option(
      '--format <name>',
      'a format, or a YAML file that maps the fields; auto detects it from the rows',
      'auto',
    )
    .option('--tokenizer <model>', 'hub id or folder whose tokenizer and template count the tokens')
    .addOption(
      new Option('--template <kind>', 'chat template for --tokenizer')
        .choices(['auto', 'model', 'chatml', 'alpaca'])
        .default('auto'),
    )
    .option('--python <path>', 'another Python environment')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { datasetStats } = await import('../../app/data/dataset-stats.ts');
      const { createProgress } = await import('../ui/progress.ts');
      checkRowOptions(command, flags);
      const progress = createProgress(context, 'rows');
      const counter = await countTokens(context, flags, progress.update);
      const stats = await datasetStats({
        cwd: context.cwd,
        env: context.env,
        patterns,
        format: flags.format,
        stdin: context.stdin,
        onProgress: (rows) => progress.update(rows, null),
        onDownload: (file, bytes, total) => progress.update(bytes, total, `bytes of ${file}`),
        ...(counter && { tokens: counter }),
      }).finally(async () => {
        progress.end();
        await counter?.dispose();
      });
      if (flags.json) return printJson(context, { ...stats, format: stats.format.name });
      const { renderStats } = await import('../ui/stats-view.ts');
      context.stdout.write(fitText(renderStats(stats, context.stdout), context.stdout));
      if (!flags.tokenizer) context.stderr.write('tokens are counted with --tokenizer MODEL\n');
      const { quotePath } = await import('../../diagnostics/quote-path.ts');
      context.stderr.write(`next: lorch data check ${patterns.map(quotePath).join(' ')}\n`);
    });
}
