import { type Command, Option } from 'commander';
import type { SetupOptions, SetupResult } from '../../app/machine/setup-python.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatDuration } from '../ui/format.ts';
import { printJson } from '../ui/json.ts';
import { paint } from '../ui/paint.ts';
import { createProgress } from '../ui/progress.ts';
import { wrapLines } from '../ui/wrap.ts';

type Variant = NonNullable<SetupOptions['variant']>;
const variants: Variant[] = ['auto', 'default', 'cpu', 'cu126', 'cu129', 'cu130'];

interface Flags {
  check?: boolean;
  force?: boolean;
  python?: string;
  from?: string;
  tokenizer?: boolean;
  dev?: boolean;
  variant: Variant;
  json?: boolean;
}

const details = `
Makes a virtual environment with the trainer's packages in your cache folder ($XDG_CACHE_HOME or ~/.cache,
lorch/python/) and touches nothing else. Safe to run again: a complete environment is left as it is, an
interrupted one is made again. About 2 GB without a GPU, 8 GB with CUDA.

Examples:
  lorch setup                        everything; CUDA if an NVIDIA driver answers, else the CPU build of PyTorch
  lorch setup --tokenizer            light, without PyTorch: enough for token statistics and planning
  lorch setup --check                look, and change nothing
  lorch setup --python ~/venv        check an environment of your own, and say how to use it
`;

/** `lorch setup` */
export function define(command: Command, context: Context): void {
  command
    .description("Make or repair the trainer's Python environment.")
    .addHelpText('after', details)
    .option('--check', 'look, and change nothing')
    .option('--force', 'make it again, even if it is complete')
    .option('--python <path>', 'check an existing environment instead of making one')
    .option('--from <python>', 'the Python (3.10 or newer) to make the environment from')
    .option('--tokenizer', 'only what tokenising needs, without PyTorch')
    .option('--dev', "also what lorch's own tests need")
    .addOption(new Option('--variant <build>', 'build of PyTorch').choices(variants).default('auto'))
    .option('--json', 'one JSON object')
    .action(async (flags: Flags) => run(flags, context));
}

async function run(flags: Flags, context: Context): Promise<void> {
  const { setupPython } = await import('../../app/machine/setup-python.ts');
  const { findWorkspace } = await import('../../config/workspace.ts');
  const { stderr, env, cwd } = context;
  const ink = paint(stderr.color);
  const started = context.now();
  const interrupted = new AbortController();
  const release = context.onInterrupt(() => interrupted.abort(new Error('interrupted')));
  let steps = 0;
  const progress = createProgress(context, 'pip');
  const workspace = await findWorkspace(cwd, env.HOME);
  try {
    const result = await setupPython({
      env,
      cwd,
      variant: flags.variant,
      signal: interrupted.signal,
      ...(flags.check ? { check: true } : {}),
      ...(workspace?.python ? { workspacePython: workspace.python } : {}),
      ...(flags.force ? { force: true } : {}),
      ...(flags.tokenizer ? { tokenizer: true } : {}),
      ...(flags.dev ? { dev: true } : {}),
      ...(flags.from ? { base: flags.from } : {}),
      ...(flags.python ? { python: flags.python } : {}),
      onStage: (stage) => progress.line(`${ink.cyan('·')} ${stage}`),
      onStep: (step) => progress.update(++steps, null, step),
    });
    progress.end();
    show(result, flags, context, context.now() - started);
    if (workspace?.python && result.action !== 'checked') {
      stderr.write(`note: lorch.yaml of this workspace names another Python: ${workspace.python}\n`);
    }
  } catch (error) {
    progress.end();
    if (!interrupted.signal.aborted) throw error;
    stderr.write('Interrupted. `lorch setup` starts again from a clean environment; downloads are kept.\n');
    context.exitCode = EXIT.interrupted;
  } finally {
    release();
  }
}

const done = {
  made: 'The environment is made',
  complete: 'The environment is complete',
  checked: 'It works',
};

function show(result: SetupResult, flags: Flags, context: Context, durationMs: number): void {
  const { stderr } = context;
  const { action, python, packages, trainer, need } = result;
  if (flags.json) {
    printJson(context, { action, need, python: python.executable, source: python.source, packages, trainer });
    return;
  }
  const ink = paint(stderr.color);
  // A package and its version stay on one line.
  const versions = packages.map((each) => `${each.package}\u00a0${each.version}`).join(' · ');
  const made = `${ink.green('✓')} ${done[action]} (${formatDuration(durationMs)}): ${versions}`;
  const lines = stderr.isTTY ? wrapLines(made, stderr.columns) : [made];
  stderr.write(`${lines.join('\n').replaceAll('\u00a0', ' ')}\n`);
  context.stdout.write(`${python.executable}\n`);
  if (flags.python) stderr.write(`To use it always, put into lorch.yaml:\n  python: ${python.executable}\n`);
  else if (need === 'tokenizer') stderr.write('For training, run `lorch setup` without --tokenizer.\n');
  else stderr.write('next: lorch doctor, or lorch train CONFIG\n');
}
