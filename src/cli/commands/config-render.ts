import { type Command, Option } from 'commander';
import type { LoadedRun } from '../../config/load.ts';
import type { RenderedConfig } from '../../config/render/index.ts';
import type { MachineFacts } from '../../config/render/machine-facts.ts';
import type { Context } from '../context.ts';

interface Options {
  set: string[];
  device: MachineFacts['device'];
  bf16: boolean;
  section?: keyof RenderedConfig;
  json?: true;
}

/** `lorch config render CONFIG` */
export function define(command: Command, context: Context): void {
  const sections = ['model', 'tokenizer', 'lora', 'quantization', 'training', 'resources'];
  command
    .description(
      'The exact arguments that PEFT (LoraConfig), transformers (BitsAndBytesConfig) and TRL (SFTConfig) get, ' +
        'every value written out. A few follow the machine, which --device names.',
    )
    .argument('<config>', 'config file (- reads stdin)')
    .option(
      '--set <path=value>',
      'override a setting (repeatable)',
      (value, before: string[]) => [...before, value],
      [],
    )
    .addOption(
      new Option('--device <device>', 'the machine to render for').choices(['cuda', 'cpu']).default('cuda'),
    )
    .option('--no-bf16', 'a GPU older than Ampere, which does not compute in bfloat16')
    .addOption(new Option('--section <name>', 'one section only').choices(sections))
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  lorch config render configs/qlora-8b.yaml
  lorch config render configs/lora-8b.yaml --section training --device cpu
`,
    )
    .action(async (file: string, options: Options) => {
      const { loadConfig } = await import('../../config/load.ts');
      const { readStdin } = await import('../read-stdin.ts');
      const { configs } = await loadConfig(file, {
        cwd: context.cwd,
        env: context.env,
        overrides: options.set,
        stdin: () => readStdin(context),
      });
      await print(configs, options, context);
    });
}

async function print(configs: LoadedRun[], options: Options, context: Context): Promise<void> {
  const { renderConfig } = await import('../../config/render/index.ts');
  const machine = { device: options.device, bf16Supported: options.bf16 };
  const runs = configs.map(({ config, sweep }) => {
    const { rendered, findings } = renderConfig(config, machine);
    const shown = options.section ? { [options.section]: rendered[options.section] } : rendered;
    return { name: config.name, ...(sweep && { sweep }), ...shown, findings };
  });
  if (configs.some(({ config }) => config.init_adapter?.mode === 'continue'))
    context.stderr.write(
      'note: settings that `lora:` leaves out come from `init_adapter`; `lorch plan` reads it and shows them\n',
    );
  if (options.json) {
    const { printJson } = await import('../ui/json.ts');
    printJson(context, { machine: { device: machine.device, bf16: machine.bf16Supported }, runs });
    return;
  }
  const { writeYaml } = await import('../../config/write-yaml.ts');
  const { renderFindings } = await import('../ui/diagnostic.ts');
  for (const { findings, ...run } of runs) {
    if (runs.length > 1) context.stdout.write('---\n');
    context.stdout.write(writeYaml(run));
    context.stderr.write(renderFindings(findings, context.stderr));
  }
}
