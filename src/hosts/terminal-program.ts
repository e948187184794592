// A person's own program (editor, pager) on this machine, with the terminal of this process.
import { execa } from 'execa';

export interface TerminalProgram {
  argv: readonly string[];
  /** All of its environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** What it reads from stdin; without it, it has the keyboard. */
  input?: string;
}

export interface TerminalProgramEnd {
  /** Null: it was stopped, or not started. */
  code: number | null;
  /** The system's name of the reason why it was not started, such as ENOENT; null if it was. */
  unstarted: string | null;
  /** How it ended, in a few words. */
  message: string;
}

/** Runs it until it is closed. No shell reads the words. */
export async function runInTerminal({ argv, env, input }: TerminalProgram): Promise<TerminalProgramEnd> {
  const [program = '', ...args] = argv;
  const result = await execa(program, args, {
    ...(input === undefined ? { stdin: 'inherit' as const } : { input }),
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
    env,
    extendEnv: false,
  });
  return {
    code: result.exitCode ?? null,
    unstarted: result.exitCode === undefined && result.code ? String(result.code) : null,
    message: result.shortMessage ?? '',
  };
}
