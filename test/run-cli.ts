// Runs the command line in this process: what a user types, and what came out of each stream.
import { resolve } from 'node:path';
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
  /** Called once what was written so far changes; true presses Ctrl-C. */
  interruptWhen?(written: string): boolean;
}

/** One command line, run to its end. */
export async function runCli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const handlers = new Set<(count: number) => void>();
  let presses = 0;
  const stream = (into: string[]) => ({
    write: (text: string) => {
      into.push(text);
      if (!options.interruptWhen?.([...err, ...out].join(''))) return;
      presses += 1;
      for (const handler of handlers) handler(presses);
    },
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
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    openTerminal: () => Promise.resolve(null),
    program: [process.execPath, resolve(import.meta.dirname, '../dist/bin.js')],
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
