// The commands as the completion library wants them, with the words that a workspace adds: runs and codes.
import { readdir } from 'node:fs/promises';
import { type Command as Node, RootCommand } from '@bomb.sh/tab';
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { printedBy } from './printed-by.ts';
import { buildWholeProgram } from './run-command.ts';

/** What a shell shows for the words typed so far; if lorch has no words for the place, the shell offers files. */
export async function completeWords(words: readonly string[], context: Context): Promise<string> {
  const tree = await completionTree(context);
  const text = printedBy(() => tree.parse([...words]));
  return text === noSuggestions ? offerFiles : text;
}

// The last line is a set of flags for the shell: 4 is "no files", 0 the shell's own completion.
const noSuggestions = ':4\n';
const offerFiles = ':0\n';

/** Every command with its options and the values that they take. */
async function completionTree(context: Context): Promise<RootCommand> {
  const program = await buildWholeProgram(context);
  const runs = await runIds(context);
  const root = new RootCommand();
  describe(program, root, runs);
  for (const [name, command] of leaves(program, ''))
    describe(command, root.command(name, command.summary()), runs);
  return root;
}

function* leaves(parent: Command, prefix: string): Generator<[string, Command]> {
  for (const command of parent.createHelp().visibleCommands(parent)) {
    const name = `${prefix}${command.name()}`;
    yield [name, command];
    yield* leaves(command, `${name} `);
  }
}

function describe(command: Command, node: Node, runs: readonly string[]): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const long = option.long?.slice(2);
    if (!long) continue;
    const short = option.short?.slice(1);
    const takesValue = option.required || option.optional;
    if (takesValue)
      node.option(long, option.description, (add) => addAll(add, option.argChoices ?? []), short);
    else node.option(long, option.description, short);
  }
  for (const argument of command.registeredArguments) {
    const words = argument.name() === 'run' ? runs : (argument.argChoices ?? []);
    // Without words from lorch the shell completes files, such as configs and datasets.
    const handler = words.length > 0 ? (add: Add) => addAll(add, words) : undefined;
    node.argument(argument.name(), handler, argument.variadic);
  }
}

type Add = (value: string, description: string) => void;

function addAll(add: Add, words: readonly string[]): void {
  for (const word of words) add(word, '');
}

/** Newest first. Folder names are enough, so that a key press does not open the database. */
async function runIds({ cwd, env }: Context): Promise<string[]> {
  try {
    const { findWorkspace } = await import('../config/workspace.ts');
    const workspace = await findWorkspace(cwd, env.HOME);
    if (!workspace) return [];
    const names = await readdir(workspace.runsDir);
    return [
      '@last',
      ...names
        .filter((name) => /^\d{8}-\d{6}-/.test(name))
        .sort()
        .reverse(),
    ];
  } catch {
    return [];
  }
}
