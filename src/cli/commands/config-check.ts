import type { Command } from 'commander';
import type { Finding } from '../../diagnostics/finding.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface Options {
  set: string[];
  json?: true;
}

interface CheckedFile {
  file: string;
  /** Whether it can be planned, if what it names is there. */
  ok: boolean;
  /** Names of the runs it makes. */
  runs: string[];
  findings: Finding[];
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
      const checked: CheckedFile[] = [];
      for (const file of files) checked.push(await checkFile(file, options, context));
      if (checked.some(({ ok }) => !ok)) context.exitCode = EXIT.usage;
      await print(checked, options, context);
    });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

async function checkFile(file: string, options: Options, context: Context): Promise<CheckedFile> {
  const { loadConfig } = await import('../../config/load.ts');
  const { UserError } = await import('../../diagnostics/user-error.ts');
  try {
    const { readStdin } = await import('../read-stdin.ts');
    const { configs } = await loadConfig(file, {
      cwd: context.cwd,
      env: context.env,
      overrides: options.set,
      stdin: () => readStdin(context),
    });
    const written = configs.flatMap(({ checks }) => checks ?? []);
    if (written.length > 0) {
      // Which checks there are is known elsewhere; a config without such settings need not ask.
      const { joinCheckSettings } = await import('../../app/sources/join-check-settings.ts');
      for (const each of written) joinCheckSettings([each]);
    }
    const accepted = configs.flatMap(({ accept }) => accept ?? []);
    if (accepted.length > 0) {
      const { checkAccept } = await import('../../app/plan/check-accept.ts');
      await checkAccept(accepted);
    }
    const { missingPaths } = await import('../../app/plan/check-paths.ts');
    const { findWorkspace } = await import('../../config/workspace.ts');
    const { distinctFindings } = await import('../../config/finding.ts');
    const root = (await findWorkspace(context.cwd, context.env.HOME))?.root ?? context.cwd;
    const missing: Finding[] = [];
    for (const each of configs) missing.push(...(await missingPaths(each, { root, env: context.env })));
    const findings = distinctFindings(missing);
    return { file, ok: true, runs: configs.map(({ config }) => config.name), findings };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file, ok: false, runs: [], findings: error.findings };
  }
}

async function print(checked: CheckedFile[], options: Options, context: Context): Promise<void> {
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
