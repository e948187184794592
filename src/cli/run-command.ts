// commander's part: only the called command's module is imported; the others are names and summaries for --help.
import { Command, CommanderError } from 'commander';
import { meantCommands } from './command-words.ts';
import { type CommandEntry, commandGroups } from './commands/index.ts';
import type { Context, OutputStream } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { fitHelp } from './ui/help-text.ts';
import { fittedStream } from './ui/wrap.ts';
import { readVersion } from './version.ts';

const examples = `
Examples:
  lorch init my-project                       a workspace with working samples
  lorch data check datasets/train.jsonl       every fault, by line and column
  lorch plan configs/run.yaml                 what would happen
  lorch train configs/run.yaml                launch and follow
  lorch compare @last other-run               settings and results side by side
`;

/** Runs the command that `argv` names; usage errors and help set the context's exit code. */
export async function runCommand(argv: readonly string[], context: Context): Promise<void> {
  context.stderr = fittedStream(context.stderr);
  const program = await buildProgram(argv, context);
  try {
    // `lorch` alone shows help and is not an error.
    await program.parseAsync(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    context.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.usage;
  }
}

/** The commander tree, with the module behind `argv` loaded; an empty `argv` loads none. */
export async function buildProgram(argv: readonly string[], context: Context): Promise<Command> {
  const program = prepare(new Command('lorch'), context, argv);
  program
    .summary('LoRA ORCHestrator')
    .description('Check instruction data, plan, launch, record and compare LoRA and QLoRA runs.')
    .version(readVersion(), '-V, --version', 'print the version')
    .option('--color <when>', 'auto, always or never (NO_COLOR is honoured)', 'auto')
    .option('--debug', 'show the stack of an unexpected error')
    .addHelpText('after', examples)
    .addHelpText(
      'after',
      'Exit codes: 0 good · 1 findings or a failed run · 2 usage or config · 3 environment\nOn a terminal, long results go through $LORCH_PAGER, $PAGER or less.\n',
    )
    .showSuggestionAfterError();
  const wanted = findEntry(argv);
  for (const group of commandGroups) {
    for (const entry of group.commands) {
      const command = addCommand(program, entry, group.title, context, argv);
      if (entry === wanted) (await entry.load()).define(command, context);
      else if (wanted) command.allowUnknownOption().allowExcessArguments();
    }
  }
  return program;
}

/** Every command with its module loaded, for the generated docs. */
export async function buildWholeProgram(context: Context): Promise<Command> {
  const program = await buildProgram([], context);
  for (const group of commandGroups)
    for (const entry of group.commands) {
      const command = entry.name
        .split(' ')
        .reduce<Command | undefined>(
          (parent, word) => parent?.commands.find((c) => c.name() === word),
          program,
        );
      if (command) (await entry.load()).define(command, context);
    }
  return program;
}

function findEntry(argv: readonly string[]): CommandEntry | undefined {
  const words = argv.filter((word, i) => !word.startsWith('-') && argv[i - 1] !== '--color');
  const entries = commandGroups.flatMap((group) => group.commands);
  // `lorch help data check` and `lorch data check --help` mean the same.
  const typed = words[0] === 'help' ? words.slice(1) : words;
  return (
    entries.find((entry) => entry.name === typed.slice(0, 2).join(' ')) ??
    entries.find((entry) => entry.name === typed[0])
  );
}

function addCommand(
  program: Command,
  entry: CommandEntry,
  group: string,
  context: Context,
  argv: readonly string[],
): Command {
  const words = entry.name.split(' ');
  const last = words.pop() ?? entry.name;
  let parent = program;
  for (const word of words) {
    let next = parent.commands.find((command) => command.name() === word);
    if (!next) {
      next = prepare(parent.command(word), context, argv).helpGroup(group).showSuggestionAfterError();
    }
    parent = next;
  }
  const command = prepare(parent.command(last), context, argv)
    .summary(entry.summary)
    .description(entry.summary);
  if (parent === program) command.helpGroup(group);
  else if (!isCommand(parent.name()))
    parent.summary([...parent.commands.map((each) => each.name())].join(', '));
  return command;
}

/** Whether a word that others follow is a command by itself, such as `queue` beside `queue move`. */
function isCommand(word: string): boolean {
  return commandGroups.some(({ commands }) => commands.some(({ name }) => name === word));
}

function prepare(command: Command, context: Context, argv: readonly string[]): Command {
  return command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(fitted(text, context.stdout)),
      writeErr: (text) => context.stderr.write(fitted(text, context.stderr)),
      outputError: (text, write) => write(withMeant(text, argv)),
      getOutHelpWidth: () => context.stdout.columns,
      getErrHelpWidth: () => context.stderr.columns,
      getOutHasColors: () => context.stdout.color,
      getErrHasColors: () => context.stderr.color,
    })
    .helpOption('-h, --help', 'show help');
}

function fitted(text: string, { isTTY, columns }: OutputStream): string {
  return isTTY ? fitHelp(text, columns) : text;
}

// Commander compares only letters, so it finds `status` similar to `setup`.
function withMeant(text: string, argv: readonly string[]): string {
  if (!text.startsWith('error: unknown command')) return text;
  const meant = meantCommands(argv.filter((word) => !word.startsWith('-')));
  const [error] = text.split('\n');
  const group = commandGroups.some(({ commands }) =>
    commands.some(({ name }) => name.startsWith(`${argv[0]} `)),
  );
  if (meant.length === 0)
    return `${error}\n  hint: \`lorch ${group ? `${argv[0]} ` : ''}--help\` lists ${group ? 'its' : 'all'} commands\n`;
  return `${error}\n  hint: did you mean ${meant.map((each) => `\`lorch ${each}\``).join(' or ')}?\n`;
}
