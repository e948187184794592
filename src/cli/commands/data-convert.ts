import { type Command, Option } from 'commander';
import { listFormats } from '../../dataset/formats/index.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';

interface Flags {
  to: string;
  output: string;
  format: string;
  onError: 'refuse' | 'drop';
  allowLoss?: true;
  json?: true;
}

const examples = `
Nothing is overwritten, and nothing of a conversation is lost unless --allow-loss says so; what would be lost is named.
An output that ends in .json is an array, any other JSON lines.

Examples:
  lorch data convert alpaca.json --to chatml -o train.jsonl
  lorch data convert train.jsonl --to sharegpt -o train.json --on-error drop
  lorch data convert calls.jsonl --format mapping.yaml --to chatml -o train.jsonl
  lorch data convert pairs.jsonl --to chatml --allow-loss -o chosen.jsonl
  lorch data convert train.jsonl --to chatml-text -o - | head -1
`;

/** `lorch data convert DATASET… --to FORMAT -o OUT` */
export function define(command: Command, context: Context): void {
  command
    .description('Write a dataset in another format, without loss or with the loss named.')
    .argument('<dataset...>', 'files, globs, hf://datasets/user/name, or - for stdin')
    .requiredOption('--to <format>', listFormats('or'))
    .requiredOption('-o, --output <file>', 'a file that does not exist yet, or - for stdout')
    .option(
      '--format <name>',
      'format of the input, or a YAML file that maps its fields; auto detects it from the rows',
      'auto',
    )
    .addOption(
      new Option('--on-error <what>', 'what happens to rows with errors')
        .choices(['refuse', 'drop'])
        .default('refuse'),
    )
    .option('--allow-loss', 'write what the target can hold of each row')
    .option('--json', 'a report as one JSON object (not with -o -)')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { resolve } = await import('node:path');
      const { convertDataset } = await import('../../app/data/convert-dataset.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const { createShownFindings } = await import('../../app/data/shown-findings.ts');
      const { readVersion } = await import('../version.ts');
      if (flags.json && flags.output === '-')
        command.error('error: --json and -o - both want stdout; name a file with -o', {
          exitCode: EXIT.usage,
        });
      const shown = createShownFindings(3);
      const progress = createProgress(context, 'rows');
      const converted = await convertDataset({
        cwd: context.cwd,
        env: context.env,
        patterns,
        format: flags.format,
        stdin: context.stdin,
        to: flags.to,
        out: flags.output === '-' ? null : resolve(context.cwd, flags.output),
        write: (text) => context.stdout.write(text),
        onError: flags.onError,
        allowLoss: flags.allowLoss === true,
        madeBy: { command: 'data convert', version: readVersion(), atMs: context.now() },
        onFinding: shown.add,
        onProgress: (rows) => progress.update(rows, null),
        onDownload: (file, bytes, total) => progress.update(bytes, total, `bytes of ${file}`),
      }).finally(() => progress.end());
      if (!converted.done) context.exitCode = EXIT.findings;
      if (flags.json) return printJson(context, { ...converted, from: converted.from.name });
      const { renderCode } = await import('../ui/check-view.ts');
      const { paint } = await import('../ui/paint.ts');
      const { quotePath } = await import('../../diagnostics/quote-path.ts');
      const { stderr } = context;
      for (const each of shown.codes()) stderr.write(`${renderCode(each, stderr, paint(stderr.color))}\n`);
      stderr.write(describe(converted, flags.output));
      if (converted.done && flags.output !== '-')
        stderr.write(`next: lorch data check ${quotePath(flags.output)}\n`);
    });
}

function describe(
  {
    done,
    emptied,
    rows,
    written,
    lost,
    dropped,
    from,
    to,
  }: import('../../app/data/convert-dataset.ts').Converted,
  output: string,
): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([what, n]) => `${what} (${formatCount(n)})`)
      .join(', ');
  const losses = Object.keys(lost).length > 0 ? `${done ? 'lost' : 'would be lost'}: ${list(lost)}\n` : '';
  const left = Object.keys(dropped).length > 0 ? `left out: ${list(dropped)}\n` : '';
  return done
    ? `${losses}${left}${formatCount(written)} of ${formatCount(rows)} rows, ${from.name} → ${to}: ${output}\n`
    : emptied
      ? `${losses}${left}nothing was written: no row is left\n`
      : `${losses}${left}nothing was written: fix the rows, or see --on-error drop and --allow-loss\n`;
}
