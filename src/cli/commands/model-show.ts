import type { Command } from 'commander';
import type { MemoryRow, ShownModel } from '../../app/show-model.ts';
import type { Context } from '../context.ts';
import { parseCount } from '../parse-options.ts';
import { formatBytes, formatCount, formatShare } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { paint, visible } from '../ui/paint.ts';

interface Flags {
  lora?: string;
  revision?: string;
  sequence: number;
  batch: number;
  python?: string;
  modules?: boolean;
  json?: boolean;
}

const examples = `
MODEL is a hub id (owner/name), a folder, or a config.json. Only config.json and the headers of safetensors files are
read; HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE are honoured.

Examples:
  lorch model show meta-llama/Llama-3.1-8B --lora r=16,target_modules=q_proj+k_proj+v_proj+o_proj
  lorch model show ./models/tiny --lora '{"r": 8, "target_modules": "all-linear", "use_dora": true}'
  lorch model show Qwen/Qwen2.5-3B --json | jq .lora.trainable
`;

/** `lorch model show MODEL` */
export function define(command: Command, context: Context): void {
  command
    .description('Architecture, tensors, LoRA parameters and memory of a model, without its weights.')
    .argument('<model>', 'hub id, folder, or config.json')
    .option(
      '--lora <settings>',
      'LoraConfig fields: r=16,target_modules=q_proj+v_proj, or JSON (r 16, all-linear)',
    )
    .option('--revision <revision>', 'branch, tag or commit of a hub model')
    .option('--sequence <tokens>', 'sequence length of the memory table', parseCount, 2048)
    .option('--batch <rows>', 'rows on the device at once', parseCount, 1)
    .option('--modules', 'list every adapted module')
    .option('--python <path>', 'Python to count with where the family is unknown')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (model: string, flags: Flags) => {
      const { showModel } = await import('../../app/show-model.ts');
      const { findWorkspace } = await import('../../config/workspace.ts');
      const { parseLoraFlag } = await import('../parse-lora.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const lora = parseLoraFlag(flags.lora);
      const workspace = await findWorkspace(context.cwd, context.env.HOME).catch(() => null);
      const progress = createProgress(context, 'model');
      const shown = await showModel({
        model,
        lora,
        cwd: context.cwd,
        env: context.env,
        revision: flags.revision ?? null,
        sequenceTokens: flags.sequence,
        batch: flags.batch,
        ...(flags.python ? { python: flags.python } : {}),
        ...(workspace?.python ? { workspacePython: workspace.python } : {}),
        onStage: (stage) => progress.update(0, null, stage),
      }).finally(() => progress.end());
      if (flags.json) printJson(context, toJson(shown));
      else await print(shown, flags, context);
    });
}

function toJson(shown: ShownModel): Record<string, unknown> {
  const { memory, sizes, ...rest } = shown;
  const { kvHeads, headDim, ...named } = sizes ?? {};
  const wire = sizes && { ...named, kv_heads: kvHeads, head_dim: headDim };
  return {
    ...rest,
    sizes: wire,
    memory: memory?.map(({ forecast, ...row }) => ({ ...row, ...forecast })) ?? null,
  };
}

async function print(shown: ShownModel, flags: Flags, context: Context): Promise<void> {
  const { renderTable } = await import('../ui/table.ts');
  const { renderFindings } = await import('../ui/diagnostic.ts');
  const { stdout } = context;
  const ink = paint(stdout.color);
  stdout.write(`${ink.bold(visible(shown.id))}  ${summary(shown).join(' · ')}\n`);
  if (shown.layers.length > 0) {
    const columns = [
      { title: 'module' },
      { title: 'out', align: 'right' as const },
      { title: 'in', align: 'right' as const },
      { title: 'times', align: 'right' as const },
    ];
    const rows = shown.layers.map((layer) => [
      layer.name,
      formatCount(layer.out),
      layer.in === 0 ? '' : formatCount(layer.in),
      String(layer.count),
    ]);
    stdout.write(`\n${renderTable(columns, rows, stdout)}`);
  }
  if (shown.lora) {
    const { trainable, total, settings, modules } = shown.lora;
    const given = Object.entries(settings).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
    stdout.write(`\n${ink.bold('LoRA')}  ${visible(given.join(', '))}\n`);
    stdout.write(
      `  ${formatCount(trainable)} of ${formatCount(total)} parameters train (${formatShare(trainable, total)}) in ${modules.length} modules\n`,
    );
    if (flags.modules) {
      for (const each of modules) stdout.write(`  ${visible(each.name)}\t${formatCount(each.trainable)}\n`);
    }
  }
  if (shown.memory) {
    stdout.write(
      `\n${ink.bold('Memory')}  batch ${flags.batch} × ${formatCount(flags.sequence)} tokens, AdamW, ±20 %\n`,
    );
    stdout.write(renderTable(memoryColumns, shown.memory.map(memoryCells), stdout));
  }
  if (shown.findings.length > 0) context.stderr.write(renderFindings(shown.findings, context.stderr));
}

function summary(shown: ShownModel): string[] {
  const { sizes, parameters, tensors } = shown;
  return [
    shown.architecture,
    ...(parameters.total === null ? [] : [`${formatCount(parameters.total)} parameters`]),
    ...(sizes
      ? [`${sizes.layers} layers`, `hidden ${sizes.hidden}`, `vocabulary ${formatCount(sizes.vocab)}`]
      : []),
    ...(tensors
      ? [
          `${tensors.count} tensors, ${formatBytes(tensors.bytes)} (${Object.keys(tensors.dtypes).join(', ')})`,
        ]
      : []),
    ...(shown.revision ? [`commit ${shown.revision.slice(0, 12)}`] : []),
  ].map(visible);
}

const memoryColumns = [
  { title: 'setting' },
  { title: 'peak', align: 'right' as const },
  { title: 'between', align: 'right' as const },
  { title: 'of it weights', align: 'right' as const },
  { title: 'activations', align: 'right' as const },
  { title: 'adapter and optimizer', align: 'right' as const },
];

function memoryCells({ setting, forecast }: MemoryRow): string[] {
  const { components } = forecast;
  const sum = (...names: string[]) =>
    formatBytes(names.reduce((total, name) => total + (components[name] ?? 0), 0));
  return [
    setting,
    formatBytes(forecast.total_bytes),
    `${formatBytes(forecast.low_bytes)} – ${formatBytes(forecast.high_bytes)}`,
    sum('weights'),
    sum('activations', 'loss', 'dequantization'),
    sum('adapters', 'gradients', 'optimizer'),
  ];
}
