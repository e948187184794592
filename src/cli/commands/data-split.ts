import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SplitDataset } from '../../app/data/split-dataset.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseSimilarity } from '../parse-options.ts';
import { typedOptions } from '../typed-options.ts';
import { formatCount } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { visible } from '../ui/paint.ts';

interface Flags {
  validation: number;
  seed: number;
  stratify?: string;
  groupBy?: string[];
  near?: number;
  output?: string;
  train?: string;
  validationOut?: string;
  format: string;
  onError: 'refuse' | 'drop';
  duplicates: 'drop' | 'keep';
  json?: true;
}

const examples = `
The rows are in the two files exactly as they were in the input, and in its order. The split is the one that
dataset.validation makes in a run: by a hash of seed and row. So new rows move no other row, and equal rows stay on
one side. A ledger (TRAIN.ledger.jsonl) says where each row went, and each file gets a lineage record. Nothing is
overwritten.

Examples:
  lorch data split datasets/support.jsonl --validation 0.05 -o datasets/support
  lorch data split rows.jsonl --train train.jsonl --validation-out val.jsonl --seed 7
  lorch data split labels.jsonl --stratify label -o split
  lorch data split chats.jsonl --group-by conversation_id -o split
  lorch data split rows.jsonl --near 0.8 -o split
  lorch data split "data/*.jsonl" --stratify source:category -o split --json
`;

/** `lorch data split DATASET… --validation FRACTION -o DIR` */
export function define(command: Command, context: Context): void {
  command
    .description('Write train and validation files, with a ledger of where every row went.')
    .argument('<dataset...>', 'files, globs, hf://datasets/…, or - for stdin')
    .option('--validation <fraction>', 'share of the rows held out', parseFraction, 0.05)
    .option('--seed <number>', 'chooses which rows', parseSeed, 42)
    .option(
      '--stratify <kind>',
      'hold out the share of each kind of row: length, label, source or source:KEY',
    )
    .option(
      '--group-by <field...>',
      'rows with the same value of the field (or path, as meta.user) stay on one side; growing: rows that continue each other',
    )
    .option('--near <similarity>', 'rows at least this similar (Jaccard) stay on one side', parseSimilarity)
    .option('-o, --output <dir>', 'folder for train.jsonl and validation.jsonl')
    .option('--train <file>', 'file for the training rows, instead of -o')
    .option('--validation-out <file>', 'file for the validation rows, instead of -o')
    .option('--format <name>', 'format of the input; auto detects it from the rows', 'auto')
    .addOption(
      new Option('--on-error <what>', 'what happens to rows with errors')
        .choices(['refuse', 'drop'])
        .default('refuse'),
    )
    .addOption(
      new Option('--duplicates <what>', 'what happens to rows that repeat another one')
        .choices(['drop', 'keep'])
        .default('drop'),
    )
    .option('--json', 'a report as one JSON object')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { splitDataset } = await import('../../app/data/split-dataset.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const { createShownFindings } = await import('../../app/data/shown-findings.ts');
      const { readVersion } = await import('../version.ts');
      const out = await placeOutputs(flags, context.cwd);
      if (!out)
        return command.error(
          'error: name a folder with -o FOLDER, or both files with --train FILE --validation-out FILE',
          { exitCode: EXIT.usage },
        );
      const shown = createShownFindings(3);
      const progress = createProgress(context, 'rows');
      const split = await splitDataset({
        cwd: context.cwd,
        env: context.env,
        patterns,
        format: flags.format,
        stdin: context.stdin,
        fraction: flags.validation,
        seed: flags.seed,
        stratify: flags.stratify ?? null,
        groupBy: flags.groupBy ?? [],
        near: flags.near ?? null,
        out,
        onError: flags.onError,
        duplicates: flags.duplicates,
        madeBy: { command: 'data split', version: readVersion(), atMs: context.now() },
        onFinding: shown.add,
        onProgress: (rows) => progress.update(rows, null),
      }).finally(() => progress.end());
      if (!split.done) context.exitCode = EXIT.findings;
      if (flags.json) return printJson(context, report(split, out));
      const { renderCode } = await import('../ui/check-view.ts');
      const { paint } = await import('../ui/paint.ts');
      const { stderr } = context;
      const told = createShownFindings(3);
      if (split.done) split.leaks.forEach(told.add);
      for (const each of split.done ? told.codes() : shown.codes('error'))
        stderr.write(`${renderCode(each, stderr, paint(stderr.color))}\n`);
      stderr.write(await describe(split, out, context));
      if (!split.done)
        stderr.write(
          `next: lorch data split ${patterns.map(quotePath).join(' ')}${typedOptions(command, ['--json', '--on-error'])} --on-error drop\n`,
        );
    });
}

type Outputs = { train: string; validation: string; ledger: string };

async function placeOutputs(flags: Flags, cwd: string): Promise<Outputs | null> {
  const { join, resolve } = await import('node:path');
  const { ledgerPath } = await import('../../app/sources/ledger-file.ts');
  const outputs = (train: string, validation: string): Outputs => ({
    train,
    validation,
    ledger: ledgerPath(train),
  });
  if (flags.output !== undefined) {
    if (flags.train !== undefined || flags.validationOut !== undefined) return null;
    const dir = resolve(cwd, flags.output);
    return outputs(join(dir, 'train.jsonl'), join(dir, 'validation.jsonl'));
  }
  if (flags.train === undefined || flags.validationOut === undefined) return null;
  const train = resolve(cwd, flags.train);
  const validation = resolve(cwd, flags.validationOut);
  return train === validation ? null : outputs(train, validation);
}

function report(split: SplitDataset, out: Outputs): Record<string, unknown> {
  const { format, train, validation, ...rest } = split;
  return {
    format: format.name,
    ...rest,
    train: { ...train, file: split.done ? out.train : null },
    validation: { ...validation, file: split.done ? out.validation : null },
    ledger_file: split.done ? out.ledger : null,
  };
}

async function describe(split: SplitDataset, out: Outputs, context: Context): Promise<string> {
  const { rows, ledger, train, validation, strata, groups, done, errors } = split;
  if (!done) return `nothing was written: ${errors.rows + errors.files} errors; fix the rows, or drop them\n`;
  const { renderTable } = await import('../ui/table.ts');
  const { relative } = await import('node:path');
  const { findWorkspace } = await import('../../config/workspace.ts');
  const dropped = Object.entries(ledger.dropped).map(([code, n]) => `${formatCount(n)} ${code}`);
  const right = { align: 'right' as const };
  const table =
    strata &&
    renderTable(
      [{ title: 'stratum' }, { title: 'train', ...right }, { title: 'validation', ...right }],
      strata.map((each) => [each.name, formatCount(each.train), formatCount(each.validation)]),
      context.stderr,
    );
  // Paths in a config are relative to the workspace, paths in a command to the current folder.
  const root = (await findWorkspace(context.cwd, context.env.HOME))?.root ?? context.cwd;
  const named = (path: string): string => quotePath(relative(root, path));
  const show = (path: string): string => visible(relative(context.cwd, path));
  return [
    ...(table ? [table.trimEnd()] : []),
    `${formatCount(rows)} rows: ${formatCount(train.rows)} train, ${formatCount(validation.rows)} validation${dropped.length > 0 ? `, dropped ${dropped.join(', ')}` : ''}`,
    ...groups.map(
      ({ field, groups: values, without }) =>
        `grouped by ${visible(field)}: ${formatCount(values)} groups${without > 0 ? `, ${formatCount(without)} rows without it` : ''}`,
    ),
    `${show(out.train)}  ${show(out.validation)}  ${show(out.ledger)}`,
    `next: lorch train CONFIG --set dataset.train=${named(out.train)} --set dataset.validation=${named(out.validation)}\n`,
  ].join('\n');
}

function parseFraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < 1))
    throw new InvalidArgumentError('a number between 0 and 1 is needed.');
  return value;
}

function parseSeed(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('a whole number from 0 is needed.');
  return Number(text);
}
