import type { Command } from 'commander';
import type { Diagnosis } from '../../app/machine/diagnosis.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../ui/json.ts';
import { type Ink, paint, visible } from '../ui/paint.ts';
import { wrapLines } from '../ui/wrap.ts';
import { readVersion } from '../version.ts';

const examples = `
Exit code 3 if something that training needs is broken. The command changes nothing.

Examples:
  lorch doctor
  lorch doctor --python ~/venv --json
`;

/** `lorch doctor` */
export function define(command: Command, context: Context): void {
  command
    .description('Every part of this machine that lorch uses: its state, and how to fix it.')
    .option('--python <path>', 'look at this Python environment')
    .option('--json', 'one JSON object')
    .addHelpText('after', examples)
    .action(async (flags: { python?: string; json?: boolean }) => {
      const { diagnose } = await import('../../app/machine/diagnose.ts');
      const { withProgress } = await import('../ui/progress.ts');
      const diagnoses = await withProgress(context, 'looking at', (progress) =>
        diagnose({
          cwd: context.cwd,
          env: context.env,
          lorchVersion: readVersion(),
          ...(flags.python ? { python: flags.python } : {}),
          onStage: (stage) => progress.update(0, null, stage),
        }),
      );
      const broken = diagnoses.filter(({ state }) => state === 'broken').length;
      if (broken > 0) context.exitCode = EXIT.environment;
      if (flags.json) {
        printJson(context, { healthy: broken === 0, parts: diagnoses });
        return;
      }
      context.stdout.write(
        render(diagnoses, paint(context.stdout.color), context.stdout.isTTY ? context.stdout.columns : null),
      );
      const verdict =
        broken === 0 ? 'Everything that lorch needs works.' : `${broken} broken; see the fixes above.`;
      context.stderr.write(`${verdict}\n`);
    });
}

const titles: Record<Diagnosis['part'], string> = {
  lorch: 'lorch',
  workspace: 'Workspace',
  python: "The trainer's Python",
  gpu: 'GPU',
  hub: 'Model hub',
};

/** Aligns values in one column; on a terminal, `columns` wide, long ones wrap there. */
function render(diagnoses: readonly Diagnosis[], ink: Ink, columns: number | null): string {
  const marks = {
    good: ink.green('✓'),
    warning: ink.yellow('!'),
    broken: ink.red('✗'),
    absent: ink.dim('–'),
  };
  const width = Math.max(...diagnoses.map(({ name }) => name.length));
  const room = columns === null ? null : Math.max(columns - width - 6, 20);
  const value = (words: string) =>
    (room === null ? [words] : wrapLines(words, room)).join(`\n${' '.repeat(width + 6)}`);
  let text = '';
  let part = '';
  for (const each of diagnoses) {
    if (each.part !== part) text += `${text ? '\n' : ''}${ink.bold(titles[each.part])}\n`;
    part = each.part;
    text += `  ${marks[each.state]} ${each.name.padEnd(width)}  ${value(visible(each.value))}\n`;
    if (each.fix) text += `    ${' '.repeat(width)}  ${value(`${ink.cyan('fix:')} ${visible(each.fix)}`)}\n`;
  }
  return text;
}
