// A program in a real pseudo-terminal, typed at and looked at (test/fixtures/terminal/run_in_terminal.py).
import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface PseudoTerminal {
  send(keys: string): Promise<void>;
  /** Waits until the screen shows it, and gives the screen. */
  until(pattern: string): Promise<string[]>;
  resize(columns: number, rows: number): Promise<void>;
  signal(number: number): Promise<void>;
  /** Waits for the end. `written` is every byte that came. */
  exit(): Promise<{ code: number; screen: string[]; written: string }>;
}

interface Answer {
  ok?: boolean;
  code: number;
  screen: string[];
  written: string;
}

/** Whether this machine can give one. */
export const hasPython = (() => {
  try {
    execFileSync('python3', ['-c', 'import pty']);
    return true;
  } catch {
    process.stderr.write('skipped: tests in a pseudo-terminal need python3\n');
    return false;
  }
})();

/** Starts a program; every test ends it with `exit`, or the harness kills it. */
export function openPseudoTerminal(
  argv: string[],
  options: { columns: number; rows: number; cwd: string; env: Record<string, string | undefined> },
): PseudoTerminal {
  const harness = resolve(import.meta.dirname, '../fixtures/terminal/run_in_terminal.py');
  const child = spawn('python3', [harness, String(options.columns), String(options.rows), ...argv], {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (command: Record<string, unknown>): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('the pseudo-terminal is gone');
    return JSON.parse(value) as Answer;
  };
  return {
    send: async (keys) => void (await ask({ send: keys })),
    async until(pattern) {
      const { ok, screen } = await ask({ until: pattern });
      if (!ok) throw new Error(`the screen never showed ${pattern}:\n${screen.join('\n')}`);
      return screen;
    },
    resize: async (columns, rows) => void (await ask({ resize: [columns, rows] })),
    signal: async (number) => void (await ask({ signal: number })),
    async exit() {
      const ended = await ask({ exit: true });
      child.stdin.end();
      return ended;
    },
  };
}
