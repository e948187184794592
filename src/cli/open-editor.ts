// Opens the user's editor on a file. The words of $VISUAL or $EDITOR are the program and its arguments; no shell is used.
import { runInTerminal } from '../hosts/terminal-program.ts';

/** The words of an editor setting, e.g. `code -w`; quotes keep a path with spaces together. */
export function editorWords(setting: string): string[] {
  return (setting.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

/** Runs the editor on this process's terminal until it is closed. Null on success, otherwise the error. */
export async function openEditor(
  setting: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const [program, ...args] = editorWords(setting);
  if (!program) return 'no editor is named';
  const ended = await runInTerminal({ argv: [program, ...args, file], env });
  if (ended.code === 0) return null;
  if (ended.unstarted === 'ENOENT') return `there is no program ${program}`;
  return ended.code === null
    ? ended.message || `${program} was stopped`
    : `${program} ended with exit code ${ended.code}`;
}
