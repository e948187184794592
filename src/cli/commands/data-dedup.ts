import { type Command, InvalidArgumentError, Option } from 'commander';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseSimilarity } from '../parse-options.ts';
import { typedOptions } from '../typed-options.ts';
import { formatCount } from '../ui/format.ts';

interface Flags {
  near: number;
  n: number;
  unit: 'auto' | 'words' | 'characters';
  bands?: true;
  key: 'row' | 'prompt' | 'answer';
  keep: 'first' | 'longest' | 'best';
  action: 'by_class' | 'drop' | 'keep';
  against: string[];
  validation: string[];
  format: string;
  output?: string;
  undo?: string;
  json?: true;
}

const examples = `
Rows are compared as sets of word n-grams, exactly: every pair of at least that Jaccard similarity is found, and no
other. The fields of a pair decide its class (--action by_class):
  same      the same prompt and answer: one stays, the others are dropped. In prose, white space, the case of the first
            letter and the shape of quotes are ignored; any other character that differs makes rows different
  conflict  the same prompt with different answers: kept, for you to decide
  template  they differ only in numbers: kept
  other     similar in another way: kept
Without -o nothing is written. With -o OUT, rows keep their text, OUT.ledger.jsonl says where each row went, and
OUT.undo.jsonl puts the dropped ones back. Nothing is overwritten.
Exit code 1 if rows of the dataset are near-duplicates of validation or benchmark rows and stay in it.

Examples:
  lorch data dedup datasets/train.jsonl
  lorch data dedup datasets/train.jsonl --near 0.7 --bands
  lorch data dedup datasets/train.jsonl -o datasets/train.dedup.jsonl --keep longest
  lorch data dedup train.jsonl --validation val.jsonl --against gsm8k.jsonl --key prompt
  lorch data dedup --undo train.dedup.jsonl.undo.jsonl -o restored.jsonl
`;

/** `lorch data dedup DATASET…` */
export function define(command: Command, context: Context): void {
  command
    .description('Near-duplicates and leaks, found exactly; with -o the dataset without them.')
    .argument('[dataset...]', 'files, globs, hf://datasets/user/name, or - for stdin')
    .option('--near <similarity>', 'least Jaccard similarity of a near-duplicate', parseSimilarity, 0.8)
    .option('--n <words>', 'words a shingle, 1 to 5', parseWidth, 3)
    .addOption(
      new Option(
        '--unit <what>',
        'what a shingle is made of; auto uses characters for scripts without spaces',
      )
        .choices(['auto', 'words', 'characters'])
        .default('auto'),
    )
    .option('--bands', 'count the pairs from .6, .7, .8 and .9 on')
    .addOption(
      new Option('--key <what>', 'what is compared').choices(['row', 'prompt', 'answer']).default('row'),
    )
    .addOption(
      new Option('--keep <which>', 'which row of a group stays; best has the fewest findings')
        .choices(['first', 'longest', 'best'])
        .default('first'),
    )
    .addOption(
      new Option('--action <what>', 'which rows are dropped')
        .choices(['by_class', 'drop', 'keep'])
        .default('by_class'),
    )
    .option('--validation <file...>', 'rows that must not be trained on', [])
    .option('--against <file...>', 'benchmark files, of any shape', [])
    .option(
      '--format <name>',
      'a format, or a YAML file that maps the fields; auto detects it from the rows',
      'auto',
    )
    .option('-o, --output <file>', 'a file that does not exist yet')
    .option('--undo <file>', 'write the dataset again, with the dropped rows, to -o')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (patterns: string[], flags: Flags) => {
      const { resolve } = await import('node:path');
      const out = flags.output === undefined ? null : resolve(context.cwd, flags.output);
      if (flags.undo !== undefined) {
        if (patterns.length > 0 || out === null)
          command.error('error: --undo FILE needs -o OUT and no dataset', { exitCode: EXIT.usage });
        return undo(resolve(context.cwd, flags.undo), out, context, flags);
      }
      if (patterns.length === 0)
        command.error("error: missing required argument 'dataset'", { exitCode: EXIT.usage });
      const { dedupDataset } = await import('../../app/data/near/dedup-dataset.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const { readVersion } = await import('../version.ts');
      const progress = createProgress(context, 'rows');
      const deduped = await dedupDataset({
        cwd: context.cwd,
        env: context.env,
        patterns,
        validation: flags.validation,
        against: flags.against,
        format: flags.format,
        stdin: context.stdin,
        near: {
          threshold: flags.near,
          n: flags.n,
          unit: flags.unit,
          key: flags.key,
          keep: flags.keep,
          action: flags.action,
          bands: flags.bands === true,
        },
        out,
        madeBy: { command: 'data dedup', version: readVersion(), atMs: context.now() },
        onProgress: (rows) => progress.update(rows, null),
        onDownload: (file, bytes, total) => progress.update(bytes, total, `bytes of ${file}`),
      }).finally(() => progress.end());
      const { leaksLeft } = await import('../../app/data/near/near-report.ts');
      if (leaksLeft(deduped.near, deduped.written !== null) > 0) context.exitCode = EXIT.findings;
      // Leaks that the same options would leave in the output file.
      const leaking = flags.action === 'by_class' && leaksLeft(deduped.near, true) > 0;
      if (flags.json) {
        const { printDedupJson } = await import('../ui/dedup-json.ts');
        return printDedupJson(context, deduped);
      }
      const { renderDedup } = await import('../ui/dedup-view.ts');
      const { written } = deduped;
      // Output files are beside -o, shown as it was typed.
      const shown = (path: string): string => `${flags.output}${path.slice(out?.length)}`;
      context.stdout.write(renderDedup(deduped, context.stdout, shown));
      if (written)
        context.stderr.write(`undo: lorch data dedup --undo ${quotePath(shown(written.undo))} -o FILE\n`);
      // With -o the rows are a new dataset, which a review of the old one may cover.
      const names = patterns.map(quotePath).join(' ');
      const again = `dedup ${names}${typedOptions(command, ['--output', '--json'])}`;
      const next = leaking
        ? `${again} --action drop -o NEW.jsonl`
        : written
          ? `review ${quotePath(shown(written.out))}`
          : deduped.near.dropped.length > 0
            ? `${again} -o NEW.jsonl`
            : `review ${names}`;
      context.stderr.write(`next: lorch data ${next}\n`);
    });
}

async function undo(file: string, out: string | null, context: Context, flags: Flags): Promise<void> {
  const { undoDedup } = await import('../../app/data/near/undo-dedup.ts');
  const { readVersion } = await import('../version.ts');
  const { cwd, env } = context;
  const madeBy = { command: 'data dedup --undo', version: readVersion(), atMs: context.now() };
  const restored = await undoDedup({ undo: file, out: out ?? '', cwd, env, madeBy });
  if (flags.json) {
    const { printJson } = await import('../ui/json.ts');
    return printJson(context, { ...restored });
  }
  context.stderr.write(
    `${formatCount(restored.rows)} rows, ${formatCount(restored.restored)} of them put back: ${flags.output}\nledger: ${flags.output}.ledger.jsonl\nnext: lorch data versions ${quotePath(flags.output ?? '')}\n`,
  );
}

function parseWidth(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 5 is needed.');
  return Number(text);
}
