import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { page } from '../page.ts';
import { printJson } from '../ui/json.ts';
import { paint } from '../ui/paint.ts';
import { renderTable } from '../ui/table.ts';
import { fitText } from '../ui/wrap.ts';

/** `lorch explain [CODE]` */
export function define(command: Command, context: Context): void {
  command
    .argument('[code]', 'e.g. D014; without one, all codes are listed')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExamples:\n  lorch explain D014\n  lorch explain\n')
    .action(async (code: string | undefined, options: { json?: true }) => {
      const { allCodes, explainCode } = await import('../../app/codes/explain-code.ts');
      if (code === undefined) {
        const codes = await allCodes();
        if (options.json) return printJson(context, { codes });
        const rows = codes.map((each) => [each.code, each.name, each.severity, each.title]);
        await page(
          context,
          renderTable(
            [{ title: 'code' }, { title: 'name' }, { title: 'severity' }, { title: '' }],
            rows,
            context.stdout,
          ),
        );
        return;
      }
      const found = await explainCode(code);
      if (options.json) return printJson(context, { ...found });
      const ink = paint(context.stdout.color);
      const inLines = (text: string) => fitText(text, context.stdout);
      const parts = [
        `${ink.bold(found.code)} ${found.name} ${ink.dim(found.severity)}`,
        inLines(found.title),
        inLines(found.prose.trim()),
        ...(found.remedies.length > 0 ? [found.remedies.map(inLines).join('\n')] : []),
      ];
      await page(context, `${parts.join('\n\n')}\n`);
    });
}
