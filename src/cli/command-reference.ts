// docs/cli.md: generated from the help of every command, so that they always agree.
import type { Command } from 'commander';
import { commandGroups } from './commands/index.ts';
import type { Context } from './context.ts';
import { buildWholeProgram } from './run-command.ts';

/** The page as Markdown. */
export async function commandReference(context: Context): Promise<string> {
  const program = await buildWholeProgram(context);
  const parts = [
    '# The command line\n\nMade by `npm run generate` from what `lorch COMMAND --help` prints.\n\n```\n' +
      `${helpOf(program)}\`\`\`\n`,
  ];
  for (const { title, commands } of commandGroups) {
    parts.push(`## ${title.replace(':', '')}\n`);
    for (const { name } of commands) {
      const command = findCommand(program, name);
      if (command) parts.push(`### lorch ${name}\n\n\`\`\`\n${helpOf(command)}\`\`\`\n`);
    }
  }
  return parts.join('\n');
}

function findCommand(program: Command, name: string): Command | undefined {
  return name
    .split(' ')
    .reduce<Command | undefined>(
      (parent, word) => parent?.commands.find((each) => each.name() === word),
      program,
    );
}

// outputHelp, unlike helpInformation, includes the examples.
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}
