import type { Command } from 'commander';
import type { ShownAdapter } from '../../app/model/show-adapter.ts';
import type { MemoryRow, ShownModel } from '../../app/model/show-model.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { parseCount } from '../parse-options.ts';
import { formatBytes, formatCount } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { paint } from '../ui/paint.ts';

interface Flags {
  lora?: string;
  revision?: string;
  sequence: number;
  batch: number;
  python?: string;
  modules?: boolean;
  verify?: boolean;
  json?: boolean;
}

const examples = `
MODEL is a hub id (owner/name), a folder, or a config.json; a base model or an adapter. Of the weights only the headers
of safetensors files are read. What was read at a commit is kept, and read without the hub under HF_HUB_OFFLINE=1. The
token is HF_TOKEN or that of \`hf auth login\`; HF_ENDPOINT names a mirror. With --verify, PEFT counts as well, from
config.json alone; if its counts differ, the exit code is 1.

Examples:
  lorch model show meta-llama/Llama-3.1-8B --lora r=16,target_modules=q_proj+k_proj+v_proj+o_proj
  lorch model show ./models/tiny --lora '{"r": 8, "target_modules": "all-linear", "use_dora": true}'
  lorch model show Qwen/Qwen2.5-3B --json | jq .lora.trainable
  lorch model show google/gemma-2-2b --revision main --verify
  lorch model show runs/20250101-120000-triage-a1b2/adapter
`;

/** `lorch model show MODEL` */
export function define(command: Command, context: Context): void {
  command
    .description(
      'Architecture, parts, LoRA parameters and memory of a model, or an adapter, without its weights.',
    )
    .argument('<model>', 'hub id, folder, or config.json')
    .option(
      '--lora <settings>',
      'LoraConfig fields: r=16,target_modules=q_proj+v_proj, or JSON (r 16, all-linear)',
    )
    .option('--revision <revision>', 'branch, tag or commit of a hub model')
    .option('--sequence <tokens>', 'sequence length of the memory table', parseCount, 2048)
    .option('--batch <rows>', 'rows on the device at once', parseCount, 1)
    .option('--modules', 'list every adapted module')
    .option('--verify', 'let PEFT itself count on the meta device, and compare')
    .option('--python <path>', 'Python to count with: to verify, and if the family is unknown')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (model: string, flags: Flags) => {
      const { showModel } = await import('../../app/model/show-model.ts');
      const { findWorkspace } = await import('../../config/workspace.ts');
      const { parseLoraFlag } = await import('../parse-lora.ts');
      const { createProgress } = await import('../ui/progress.ts');
      const lora = parseLoraFlag(flags.lora);
      const workspace = await findWorkspace(context.cwd, context.env.HOME).catch(() => null);
      const progress = createProgress(context, 'model');
      const shown = await showModel({
        model,
        lora,
        verify: flags.verify === true,
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
      if (shown.findings.some(({ severity }) => severity === 'error')) context.exitCode = EXIT.findings;
    });
}

function toJson(shown: ShownModel | ShownAdapter): Record<string, unknown> {
  if (shown.kind === 'adapter') return { ...shown };
  const { memory, sizes, ...rest } = shown;
  const { kvHeads, headDim, ...named } = sizes ?? {};
  const wire = sizes && { ...named, kv_heads: kvHeads, head_dim: headDim };
  return {
    ...rest,
    sizes: wire,
    memory: memory?.map(({ forecast, ...row }) => ({ ...row, ...forecast })) ?? null,
  };
}

async function print(shown: ShownModel | ShownAdapter, flags: Flags, context: Context): Promise<void> {
  const { renderAdapter, renderModel } = await import('../ui/model-view.ts');
  const { renderTable } = await import('../ui/table.ts');
  const { renderFindings } = await import('../ui/diagnostic.ts');
  const { stdout, stderr } = context;
  if (shown.kind === 'adapter') {
    stdout.write(renderAdapter(shown, stdout, flags.modules === true));
    const base = shown.adapter.base_model;
    if (base)
      stderr.write(
        `next: lorch model show ${quotePath(base)} --lora ${quotePath(JSON.stringify(shown.lora.settings))}\n`,
      );
    return;
  }
  stdout.write(renderModel(shown, stdout, flags.modules === true));
  if (shown.memory) {
    stdout.write(
      `\n${paint(stdout.color).bold('Memory')}  batch ${flags.batch} × ${formatCount(flags.sequence)} tokens, AdamW, ±20 %\n`,
    );
    stdout.write(renderTable(memoryColumns, shown.memory.map(memoryCells), stdout));
  }
  if (shown.findings.length > 0) stderr.write(renderFindings(shown.findings, stderr));
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
