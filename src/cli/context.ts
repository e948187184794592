// Everything that a command may know about its process. The only reader of process.env and cwd.
import type { Readable } from 'node:stream';
import { guardTemporary, removeTemporary } from '../app/files/temporary-files.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { visibleControls } from './ui/paint.ts';

export interface OutputStream {
  /** For people: control characters except colours are made visible. */
  write(text: string): void;
  /** Unchanged, for code that moves the cursor. */
  writeRaw?(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns; 80 if unknown. */
  readonly columns: number;
  /** Height in lines; absent if it is not a terminal. */
  readonly rows?: number | undefined;
  /** Whether colours go to this stream. */
  readonly color: boolean;
}

export interface Context {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable & { isTTY?: boolean };
  /** The result only. */
  stdout: OutputStream;
  /** Progress, warnings, advice. */
  stderr: OutputStream;
  now(): number;
  /** Calls back on Ctrl-C until the returned function is called. */
  onInterrupt(handler: (count: number) => void): () => void;
  /** Takes over the whole terminal; null if stdin or stderr is not a terminal. */
  openTerminal(): Promise<Terminal | null>;
  /** How this program is started again: the interpreter and the script. */
  program: readonly string[];
  /** Show the stack of a bug. */
  debug: boolean;
  /** The exit code of the process; a command that found errors sets it. */
  exitCode: ExitCode;
}

type ColorChoice = 'auto' | 'always' | 'never';

// `lorch logs RUN | head` closes the pipe early, which is not a failure.
function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.good);
    process.stderr.write(`error: the result cannot be written: ${error.message}\n`);
    process.exit(EXIT.environment);
  });
}

/** How many parts of the command handle signals; they end the command themselves. */
type AskedSignals = Record<'SIGINT' | 'SIGTERM', number>;

// A command that gets a signal removes its partial files. If it has none, it ends at once like any process.
function leaveNothingHalfWritten(asked: Readonly<AskedSignals>): void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const end = (signal: keyof AskedSignals): void => {
    // Do not use the number of listeners, because libraries that start processes also have some.
    if (asked[signal] > 0) return;
    removeTemporary();
    process.stderr.write('interrupted\n');
    process.exit(EXIT.interrupted);
  };
  guardTemporary((needed) => {
    for (const signal of signals) process[needed ? 'on' : 'off'](signal, end);
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours may pass, nothing else that a terminal obeys
const colors = /(\u001b\[[\d;]*m)/;

// File names and texts of datasets and logs get into messages in many ways, and must never control the terminal.
function harmless(text: string): string {
  return text
    .split(colors)
    .map((part, i) => (i % 2 ? part : visibleControls(part)))
    .join('');
}

function output(
  stream: NodeJS.WriteStream,
  choice: ColorChoice,
  env: Context['env'],
  forPeople: boolean,
): OutputStream {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const auto = !env.NO_COLOR && env.TERM !== 'dumb' && (stream.isTTY === true || forced);
  return {
    write: (text) => void stream.write(forPeople ? harmless(text) : text),
    writeRaw: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns ?? (Number(env.COLUMNS) || 80);
    },
    get rows() {
      return stream.rows;
    },
    color: choice === 'always' || (choice === 'auto' && auto),
  };
}

function colorChoice(argv: readonly string[]): ColorChoice {
  const at = argv.findIndex((word) => word === '--color' || word.startsWith('--color='));
  const word = argv[at]?.split('=')[1] ?? (at >= 0 ? argv[at + 1] : undefined);
  return word === 'always' || word === 'never' ? word : 'auto';
}

/** The context of the real process. `argv` is without node and script. */
export function processContext(argv: readonly string[]): Context {
  const env = process.env;
  endWithReader(process.stdout);
  const asked: AskedSignals = { SIGINT: 0, SIGTERM: 0 };
  leaveNothingHalfWritten(asked);
  // Nobody reads stderr any more; the exit code still shows the result.
  process.stderr.on('error', () => undefined);
  const choice = colorChoice(argv);
  return {
    cwd: process.cwd(),
    env,
    stdin: process.stdin,
    // A pipe gets the result byte for byte.
    stdout: output(process.stdout, choice, env, process.stdout.isTTY === true),
    stderr: output(process.stderr, choice, env, true),
    now: () => Date.now(),
    onInterrupt(handler) {
      let count = 0;
      const listener = () => handler(++count);
      process.on('SIGINT', listener);
      asked.SIGINT += 1;
      return () => {
        process.off('SIGINT', listener);
        asked.SIGINT -= 1;
      };
    },
    async openTerminal() {
      const { stdin, stderr } = process;
      if (!stdin.isTTY || !stderr.isTTY || env.TERM === 'dumb') return null;
      const { openTerminal } = await import('./terminal.ts');
      const terminal = openTerminal(stdin, stderr, output(stderr, choice, env, true).color);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) asked[signal] += 1;
      const close = terminal.close;
      terminal.close = () => {
        close();
        for (const signal of ['SIGINT', 'SIGTERM'] as const) asked[signal] -= 1;
      };
      return terminal;
    },
    program: [process.execPath, process.argv[1] ?? ''],
    debug: argv.includes('--debug'),
    exitCode: EXIT.good,
  };
}
