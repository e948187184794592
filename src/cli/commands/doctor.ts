import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { renderDiagnoses } from '../ui/diagnosis-view.ts';
import { printJson } from '../ui/json.ts';
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
      context.stdout.write(renderDiagnoses(diagnoses, context.stdout));
      const verdict =
        broken === 0 ? 'Everything that lorch needs works.' : `${broken} broken; see the fixes above.`;
      context.stderr.write(`${verdict}\n`);
    });
}
