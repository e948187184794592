import { type Command, Option } from 'commander';
import type { ImportResult } from '../../app/plan/import-config.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface Options {
  from?: string;
  output?: string;
  json?: true;
}

const examples = `
Every line of the file is kept, renamed, or left out with the reason, as a comment in the config. If lorch has another
default than the tool, the config has the tool's value. Scripts and notebooks are read, never executed: only literal
arguments count. The config is then checked. The exit code is 1 if something is missing in it, or if the file asks for
something other than LoRA on examples.

Examples:
  lorch config import qlora.yml -o configs/qlora.yaml
  lorch config import llama3_lora_sft.yaml --from llama-factory
  lorch config import finetune.ipynb
  lorch config import train.sh | less
`;

/** `lorch config import FILE` */
export function define(command: Command, context: Context): void {
  command
    .description('A config of axolotl, LLaMA-Factory, Unsloth or TRL as a config of lorch, line by line.')
    .argument('<file>', 'YAML, JSON, a Python script, a notebook, or a shell script (- reads stdin)')
    .addOption(
      new Option('--from <tool>', 'the tool, if the file does not show it').choices([
        'axolotl',
        'llama-factory',
        'unsloth',
        'trl',
      ]),
    )
    .option('-o, --output <file>', 'write the config there instead of stdout; nothing is overwritten')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
    .action(async (file: string, options: Options) => {
      const { importConfig } = await import('../../app/plan/import-config.ts');
      const { readImportFile, writeImportFile } = await import('../../app/plan/import-file.ts');
      const { readStdin } = await import('../read-stdin.ts');
      const text =
        file === '-'
          ? Buffer.from(await readStdin(context)).toString('utf8')
          : await readImportFile(context.cwd, file);
      const imported = await importConfig({
        text,
        file: file === '-' ? 'stdin' : file,
        from: options.from ?? null,
        env: context.env,
        cwd: context.cwd,
      });
      if (imported.missing.length + imported.otherTraining.length > 0) context.exitCode = EXIT.findings;
      if (options.output !== undefined) await writeImportFile(context.cwd, options.output, imported.yaml);
      if (options.json) {
        const { printJson } = await import('../ui/json.ts');
        printJson(context, { ...imported, file: options.output ?? null });
        return;
      }
      if (options.output === undefined) context.stdout.write(imported.yaml);
      context.stderr.write(await summary(imported, options));
    });
}

async function summary(
  { tool, counts, added, missing, otherTraining, settings }: ImportResult,
  { output }: Options,
): Promise<string> {
  const { visible } = await import('../ui/paint.ts');
  const refused = settings.filter(({ fate }) => fate === 'refused').map(({ key }) => key);
  const lines = [
    `${tool}: ${counts.kept} kept, ${counts.renamed} renamed, ${counts.refused} left out${refused.length > 0 ? ` (${visible(refused.slice(0, 8).join(', '))}${refused.length > 8 ? ', …' : ''})` : ''}${added.length > 0 ? `; ${added.length} defaults of ${tool} added` : ''}`,
    ...otherTraining.map(
      ({ key, shown, reason }) => `another training: ${visible(`${key}: ${shown}`)} — ${reason}`,
    ),
    ...missing.map(
      ({ code, message, hint }) => `missing: ${code} ${visible(message)}${hint ? ` (${visible(hint)})` : ''}`,
    ),
  ];
  if (output !== undefined) {
    const { quotePath } = await import('../../diagnostics/quote-path.ts');
    lines.push(`next: lorch ${missing.length > 0 ? 'config check' : 'plan'} ${quotePath(output)}`);
  }
  return `${lines.join('\n')}\n`;
}
