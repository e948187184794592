import { type Command, Option } from 'commander';
import type { DatasetStats, Percentiles } from '../../app/dataset-stats.ts';
import type { Context } from '../context.ts';
import { formatCount } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { paint, visible } from '../ui/paint.ts';

interface Flags {
  format: string;
  tokenizer?: string;
  template: 'auto' | 'model' | 'chatml' | 'alpaca';
  python?: string;
  json?: true;
}

const examples = `
Without --tokenizer lengths are in characters; with it they are counted by the tokenisation that training uses, which
needs the trainer's Python environment (lorch setup).

Examples:
  lorch data stats datasets/train.jsonl
  lorch data stats datasets/train.jsonl --tokenizer Qwen/Qwen2.5-0.5B-Instruct
  lorch data stats "data/*.jsonl" --json | jq .percentiles
`;

/** `lorch data stats DATASET…` */
export function define(command: Command, context: Context): void {
  command
    .description('Rows, turns, characters and tokens of a dataset, and how they are spread.')
    .argument('<dataset...>', 'files, globs, hf://datasets/user/name, or - for stdin')
    .option('--format <name>', 'alpaca, chatml, chatml-text, sharegpt; auto tells by the rows', 'auto')
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
      const { datasetStats } = await import('../../app/dataset-stats.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const progress = createProgress(context, 'rows');
      const counter = flags.tokenizer
        ? await openCounter(flags.tokenizer, flags, context, (done, total) => progress.update(done, total))
        : undefined;
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
      context.stdout.write(await render(stats, context));
      if (!flags.tokenizer) context.stderr.write('tokens are counted with --tokenizer MODEL\n');
    });
}

async function openCounter(
  model: string,
  flags: Flags,
  context: Context,
  onProgress: (done: number, total: number | null) => void,
) {
  const { createTokenCounter } = await import('../../app/count-tokens.ts');
  const { findWorkspace } = await import('../../config/workspace.ts');
  const workspace = await findWorkspace(context.cwd, context.env.HOME).catch(() => null);
  return await createTokenCounter({
    model,
    template: flags.template,
    python: flags.python ?? null,
    workspacePython: workspace?.python ?? null,
    cwd: context.cwd,
    env: context.env,
    onProgress: ({ done, total }) => onProgress(done, total),
  });
}

async function render(stats: DatasetStats, context: Context): Promise<string> {
  const { renderTable } = await import('../ui/table.ts');
  const ink = paint(context.stdout.color);
  const { ledger, percentiles, roles } = stats;
  const bad = ledger.rows_in - ledger.kept;
  const lines = [
    `${formatCount(stats.rows)} rows, ${stats.format.name}${bad > 0 ? `; ${formatCount(bad)} with errors are left out here` : ''}`,
    ink.dim(`fingerprint ${stats.fingerprint ?? ''}`),
  ];
  if (stats.tokens !== null)
    lines.push(
      `${formatCount(stats.tokens)} tokens, ${formatCount(stats.trained_tokens ?? 0)} of them trained`,
    );
  const untrainable = Object.entries(stats.untrainable ?? {});
  if (untrainable.length > 0)
    lines.push(
      `rows that cannot be trained on: ${untrainable.map(([code, n]) => `${n} ${code}`).join(', ')}`,
    );
  const right = { align: 'right' as const };
  const byRole = renderTable(
    [{ title: 'role' }, { title: 'messages', ...right }, { title: 'characters', ...right }],
    Object.entries(roles).map(([role, { messages, characters }]) => [
      visible(role),
      formatCount(messages),
      formatCount(characters),
    ]),
    context.stdout,
  );
  const spread = renderTable(
    [{ title: 'a row' }, ...['median', 'p90', 'p99', 'max', 'mean'].map((title) => ({ title, ...right }))],
    Object.entries({
      messages: percentiles.turns,
      characters: percentiles.characters,
      'answer characters': percentiles.answer_characters,
      tokens: percentiles.tokens,
      'trained tokens': percentiles.trained_tokens,
    }).flatMap(([name, each]) => (each ? [[name, ...cells(each)]] : [])),
    context.stdout,
  );
  return `${lines.join('\n')}\n\n${byRole}\n${spread}`;
}

function cells({ p50, p90, p99, max, mean }: Percentiles): string[] {
  return [p50, p90, p99, max, Math.round(mean * 10) / 10].map((value) => value.toLocaleString('en-US'));
}
