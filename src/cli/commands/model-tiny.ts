import type { Command } from 'commander';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';
import { formatCount } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { renderNext } from '../ui/next.ts';

interface Flags {
  texts: string[];
  vocabSize: number;
  hiddenSize: number;
  layers: number;
  seed: number;
  force?: boolean;
  python?: string;
  json?: boolean;
}

const examples = `
The weights are random: it knows nothing, but everything that lorch does works on it in seconds, on any machine.
The same arguments give the same model.

Example:
  lorch model tiny models/tiny --texts datasets/support-triage.jsonl
`;

/** `lorch model tiny OUT` */
export function define(command: Command, context: Context): void {
  command
    .description('A tiny random model with a tokenizer and chat template, for trying things out.')
    .argument('<out>', 'the folder to write')
    .option('--texts <files...>', 'text, JSON or JSONL files that the tokenizer learns from', [])
    .option('--vocab-size <n>', 'tokens', parseCount, 512)
    .option('--hidden-size <n>', 'width', parseCount, 64)
    .option('--layers <n>', 'layers', parseCount, 2)
    .option('--seed <n>', 'of the weights', parseCount, 1)
    .option('--force', 'write over a model that is there')
    .option('--python <path>', 'another Python environment')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (out: string, flags: Flags) => {
      const { makeTinyModel } = await import('../../app/model/make-tiny-model.ts');
      const { withProgress } = await import('../ui/progress.ts');
      const { findWorkspace } = await import('../../config/workspace.ts');
      const workspace = await findWorkspace(context.cwd, context.env.HOME);
      const { force = false, python, json, ...sizes } = flags;
      const made = await withProgress(context, 'making the model (loading transformers first)', () =>
        makeTinyModel({
          ...sizes,
          out,
          force,
          cwd: context.cwd,
          env: context.env,
          ...(python ? { python } : {}),
          ...(workspace?.python ? { workspacePython: workspace.python } : {}),
        }),
      );
      if (json) {
        printJson(context, made);
        return;
      }
      context.stdout.write(`${made.out}\n`);
      context.stderr.write(
        `A random Llama of ${formatCount(made.parameters)} parameters, ${formatCount(made.vocab_size)} tokens.\n${renderNext([`lorch model show ${quotePath(out)}`], context.stderr)}`,
      );
    });
}
