import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { renderDiagnoses } from '../ui/diagnosis-view.ts';
import { printJson } from '../ui/json.ts';

/** `lorch host doctor NAME` */
export function define(command: Command, context: Context): void {
  command
    .argument('<name>', 'a host of lorch.yaml')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExit code 3 if something that a run there needs is broken. The command changes nothing.\n\nExample:\n  lorch host doctor gpu-box\n',
    )
    .action(async (name: string, flags: { json?: true }) => {
      const { diagnoseHost } = await import('../../app/machine/diagnose-host.ts');
      const { requireWorkspace } = await import('../../app/machine/open-workspace.ts');
      const { withHost } = await import('../../app/machine/with-host.ts');
      const workspace = await requireWorkspace({ cwd: context.cwd, env: context.env });
      const diagnoses = await withHost(workspace, context.env, name, (host, settings) =>
        diagnoseHost(host, settings, context.now),
      );
      const broken = diagnoses.filter(({ state }) => state === 'broken').length;
      if (broken > 0) context.exitCode = EXIT.environment;
      if (flags.json) return printJson(context, { host: name, healthy: broken === 0, parts: diagnoses });
      context.stdout.write(renderDiagnoses(diagnoses, context.stdout));
      const lacking = diagnoses.filter(({ state, fix }) => state === 'absent' && fix).length;
      const verdict =
        broken > 0 || lacking > 0
          ? `${broken} broken, ${lacking} missing; see the fixes above.`
          : `${name} has everything that a run needs.`;
      context.stderr.write(`${verdict}\n`);
    });
}
