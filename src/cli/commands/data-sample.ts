import type { Command } from 'commander';
import type { DatasetSample } from '../../app/data/sample-dataset.ts';
import type { Example } from '../../dataset/example.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';
import { formatCount } from '../ui/format.ts';
import { printJson, RawJson } from '../ui/json.ts';

interface Flags {
  rows: number;
  stratify?: string;
  output?: string;
  format: string;
  raw?: true;
  json?: true;
}

const examples = `
There is no seed to choose: the order is a permutation made from the dataset's fingerprint, the one in which review
reads the rows. More rows continue it. Rows with errors are not drawn; equal rows count as one.
On a terminal the rows are shown as conversations, with secrets and personal data masked unless --raw; piped, with -o
and with --json the rows are written unchanged.
Samples with --stratify are for looking around: they say nothing about shares.

Examples:
  lorch data sample datasets/train.jsonl
  lorch data sample datasets/train.jsonl -n 10 --stratify finding
  lorch data sample "data/*.jsonl" --stratify source -n 20 | jq .
  lorch data sample train.jsonl -n 500 -o small.jsonl
`;

/** `lorch data sample DATASET…` */
export function define(command: Command, context: Context): void {
  command
    .description("Rows drawn by the dataset's own permutation.")
    .argument('<dataset...>', 'files, globs, hf://datasets/…, or - for stdin')
    .option('-n, --rows <count>', 'how many rows', parseCount, 50)
    .option('--stratify <kind>', 'as many of each: length, source, source:KEY, label or finding')
    .option('-o, --output <file>', 'a file that does not exist yet, for the raw rows')
    .option('--format <name>', 'format of the input; auto detects it from the rows', 'auto')
    .option('--raw', 'on a terminal: mask nothing')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { resolve } = await import('node:path');
      const { sampleDataset } = await import('../../app/data/sample-dataset.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const { readVersion } = await import('../version.ts');
      const progress = createProgress(context, 'rows');
      const sample = await sampleDataset({
        cwd: context.cwd,
        env: context.env,
        patterns,
        format: flags.format,
        stdin: context.stdin,
        count: flags.rows,
        stratify: flags.stratify ?? null,
        out: flags.output === undefined ? null : resolve(context.cwd, flags.output),
        madeBy: { command: 'data sample', version: readVersion(), atMs: context.now() },
        onProgress: (rows) => progress.update(rows, null),
      }).finally(() => progress.end());
      if (flags.json) return printJson(context, report(sample));
      if (flags.output === undefined) await show(sample, flags.raw === true, context);
      context.stderr.write(await describe(sample, flags.output ?? null, context));
      if (flags.output === undefined) return;
      const { quotePath } = await import('../../diagnostics/quote-path.ts');
      context.stderr.write(`next: lorch data check ${quotePath(flags.output)}\n`);
    });
}

function report({ format, drawn, ...rest }: DatasetSample): Record<string, unknown> {
  const rows = drawn.map(({ row, place, fingerprint, stratum, text }) => ({
    row,
    file: place.file,
    line: place.line,
    fingerprint,
    ...(stratum !== null && { stratum }),
    value: new RawJson(text),
  }));
  return { format: format.name, ...rest, drawn: rows };
}

async function show({ drawn }: DatasetSample, raw: boolean, context: Context): Promise<void> {
  const { stdout } = context;
  if (!stdout.isTTY) {
    for (const { text } of drawn) stdout.write(`${text}\n`);
    return;
  }
  const { turnLines } = await import('../ui/review-panes.ts');
  const { renderPlace } = await import('../ui/diagnostic.ts');
  const { paint, visible } = await import('../ui/paint.ts');
  const { maskValues } = await import('../../app/sources/mask-finding.ts');
  const ink = paint(stdout.color);
  const style = { ink, color: stdout.color, width: Math.min(Math.max(stdout.columns, 40), 120) };
  for (const { place, example, stratum } of drawn) {
    const { row, file, line, column } = place;
    const at = ink.bold(visible(renderPlace(column > 1 ? { file, line, column } : { file, line })));
    const note = ink.dim(`row ${row}${stratum === null ? '' : ` · ${visible(stratum)}`}`);
    stdout.write(
      `${[`${at}  ${note}`, ...turnLines(raw ? example : (maskValues(example) as Example), style)].join('\n')}\n`,
    );
  }
}

async function describe(sample: DatasetSample, output: string | null, context: Context): Promise<string> {
  const { drawn, ledger, fingerprint, strata } = sample;
  const lost = Object.entries(ledger.dropped).map(([code, n]) => `${formatCount(n)} ${code}`);
  const { renderTable } = await import('../ui/table.ts');
  const taken = (name: string): number => drawn.filter(({ stratum }) => stratum === name).length;
  const right = { align: 'right' as const };
  const table =
    strata === null
      ? ''
      : renderTable(
          [{ title: 'stratum' }, { title: 'rows', ...right }, { title: 'drawn', ...right }],
          Object.entries(strata).map(([name, n]) => [name, formatCount(n), formatCount(taken(name))]),
          context.stderr,
        );
  return `${table}${formatCount(drawn.length)} of ${formatCount(ledger.kept)} rows${lost.length > 0 ? ` (skipped: ${lost.join(', ')})` : ''}, fingerprint ${fingerprint.slice(0, 12)}${output === null ? '' : `: ${output}`}\n`;
}
