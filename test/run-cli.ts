// Runs the command line in this process: what a user types, and what came out of each stream.
import { Readable } from 'node:stream';
import type { Context } from '../src/cli/context.ts';
import { main } from '../src/cli/program.ts';

export interface CliResult {
  stdout: string;
  stderr: string;
  exitCode: number;
  /** stdout as JSON. */
  json(): Record<string, unknown>;
}

export interface CliOptions {
  cwd?: string;
  stdin?: string | Uint8Array;
  tty?: boolean;
  columns?: number;
  color?: boolean;
  env?: Record<string, string | undefined>;
}

/** One command line, run to its end. */
export async function runCli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const stream = (into: string[]) => ({
    write: (text: string) => void into.push(text),
    isTTY: options.tty ?? false,
    columns: options.columns ?? 100,
    color: options.color ?? false,
  });
  const context: Context = {
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
    stdin: Object.assign(Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]), {
      isTTY: options.tty ?? false,
    }),
    stdout: stream(out),
    stderr: stream(err),
    now: () => Date.now(),
    onInterrupt: () => () => undefined,
    openTerminal: () => Promise.resolve(null),
    debug: true,
    exitCode: 0,
  };
  const exitCode = await main(args, context);
  const stdout = out.join('');
  return {
    stdout,
    stderr: err.join(''),
    exitCode,
    json: () => JSON.parse(stdout) as Record<string, unknown>,
  };
}
