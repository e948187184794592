import type { Command } from 'commander';
import type { CheckedConfig } from '../../app/plan/check-config.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface Options {
  set: string[];
  json?: true;
}

/** `lorch config check FILE…` */
export function define(command: Command, context: Context): void {
  command
    .description('Check configs without planning: every fault of every file at once, by line and column.')
    .argument('<config...>', 'config files (- reads stdin)')
    .option('--set <path=value>', 'override a setting, e.g. --set lora.r=32 (repeatable)', collect, [])
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  lorch config check configs/*.yaml
  lorch config check configs/lora-8b.yaml --set training.learning_rate=1e-4
`,
    )
    .action(async (files: string[], options: Options) => {
      const { checkConfig } = await import('../../app/plan/check-config.ts');
      const { readStdin } = await import('../read-stdin.ts');
      const { cwd, env } = context;
      const stdin = () => readStdin(context);
      const checked: CheckedConfig[] = [];
      for (const file of files)
        checked.push(await checkConfig({ file, cwd, env, overrides: options.set, stdin }));
      if (checked.some(({ ok }) => !ok)) context.exitCode = EXIT.usage;
      await print(checked, options, context);
    });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function print(checked: CheckedConfig[], options: Options, context: Context): Promise<void> {
  if (options.json) {
    const { printJson } = await import('../ui/json.ts');
    printJson(context, { ok: checked.every(({ ok }) => ok), files: checked });
    return;
  }
  for (const { file, ok, runs, findings } of checked) {
    const { renderFindings } = await import('../ui/diagnostic.ts');
    const { fitText } = await import('../ui/wrap.ts');
    context.stdout.write(renderFindings(findings, context.stdout));
    if (ok) {
      const what = runs.length === 1 ? '' : ` (a sweep of ${runs.length} runs)`;
      const verdict =
        findings.length === 0 ? `good${what}` : `no errors${what}, but some files that it names do not exist`;
      context.stdout.write(fitText(`${file}: ${verdict}\n`, context.stdout));
      continue;
    }
    context.stdout.write(`${file}: ${findings.length === 1 ? '1 problem' : `${findings.length} problems`}\n`);
  }
}
