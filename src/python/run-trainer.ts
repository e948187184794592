// One command of the Python package: spec on stdin, JSON lines on stdout, everything else on stderr.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import type { PythonEnv } from './environment.ts';
import { isolatedArgs } from './isolated.ts';

export interface TrainerProgress {
  label: string;
  done: number;
  total: number | null;
}

export interface RunTrainerOptions {
  onProgress?: (progress: TrainerProgress) => void;
  /** Each line that Python or a library wrote to stderr. */
  onLog?: (line: string) => void;
  /** Stops the process: SIGTERM, and SIGKILL five seconds later. */
  signal?: AbortSignal;
  /** Variables beside those of the environment, e.g. CUDA_VISIBLE_DEVICES. */
  env?: Record<string, string>;
}

const line = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    label: z.string(),
    done: z.number(),
    total: z.number().nullable(),
  }),
  z.object({ type: z.literal('result'), value: z.unknown() }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullish(),
  }),
]);

const keptLogLines = 200;

/**
 * Runs `lorch_trainer VERB` and returns its result value, which the caller validates.
 * Throws a UserError with the trainer's own code and hint, E008 for a crash (naming the log), or the signal's reason.
 */
export async function runTrainer(
  python: PythonEnv,
  verb: string,
  spec: unknown,
  options: RunTrainerOptions = {},
): Promise<unknown> {
  const { onProgress, onLog, signal } = options;
  signal?.throwIfAborted();
  const child = execa(
    python.executable,
    isolatedArgs(python.trainerDir, process.pid, ['lorch_trainer', verb]),
    {
      // transformers takes a folder here of a hub model's name for that model.
      cwd: python.trainerDir,
      env: { ...python.env, ...options.env },
      extendEnv: false,
      input: JSON.stringify(spec),
      buffer: false,
      reject: false,
      forceKillAfterDelay: 5_000,
      ...(signal ? { cancelSignal: signal } : {}),
    },
  );
  const log: string[] = [];
  const outcome: Outcome = { value: undefined, done: false, failure: null };
  const reading = [
    readLines(child.stdout, (text) => readAnswer(text, outcome, log, onProgress)),
    readLines(child.stderr, (text) => {
      keep(log, text);
      onLog?.(text);
    }),
  ];
  const result = await child;
  await Promise.all(reading);
  if (signal?.aborted) throw signal.reason;
  if (outcome.failure) throw trainerError(outcome.failure, result.exitCode);
  if (outcome.done && result.exitCode === 0) return outcome.value;
  throw crash(python, verb, log, result);
}

interface Outcome {
  value: unknown;
  done: boolean;
  failure: { code: string; message: string; hint?: string | null | undefined } | null;
}

async function readLines(stream: NodeJS.ReadableStream, take: (line: string) => void): Promise<void> {
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    take(text);
}

function readAnswer(
  text: string,
  outcome: Outcome,
  log: string[],
  onProgress: RunTrainerOptions['onProgress'],
): void {
  const parsed = line.safeParse(parseJson(text));
  if (!parsed.success) {
    keep(log, text);
    return;
  }
  const answer = parsed.data;
  if (answer.type === 'progress')
    onProgress?.({ label: answer.label, done: answer.done, total: answer.total });
  else if (answer.type === 'error') outcome.failure = answer;
  else {
    outcome.value = answer.value;
    outcome.done = true;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keep(log: string[], text: string): void {
  log.push(text);
  if (log.length > keptLogLines) log.shift();
}

function trainerError(failure: NonNullable<Outcome['failure']>, exitCode: number | undefined): UserError {
  return new UserError(failure.code, failure.message, {
    exitCode: exitCode === 3 ? 3 : exitCode === 2 ? 2 : 1,
    ...(failure.hint ? { hint: failure.hint } : {}),
  });
}

function crash(
  python: PythonEnv,
  verb: string,
  log: string[],
  result: {
    exitCode?: number | undefined;
    signal?: string | undefined;
    code?: string | undefined;
    shortMessage?: string;
  },
): UserError {
  if (result.code === 'ENOENT') {
    return new UserError('E005', `cannot run Python at ${python.executable}: there is no such file`, {
      hint: 'run `lorch setup`',
      exitCode: 3,
    });
  }
  const missing = log
    .map((text) => /ModuleNotFoundError: No module named '([^'.]+)/.exec(text)?.[1])
    .find(Boolean);
  if (missing) {
    return new UserError('E003', `${python.executable} lacks the package ${missing}`, {
      hint: 'run `lorch setup --force`, or install it there',
      exitCode: 3,
    });
  }
  const how = result.signal ? `was killed by ${result.signal}` : `ended with exit code ${result.exitCode}`;
  const last = log.filter((text) => text.trim() !== '').at(-1);
  const path = writeLog(python.logDir, verb, log);
  const memory = result.signal === 'SIGKILL' ? 'often that is the system out of memory; ' : '';
  return new UserError('E008', `the Python command \`${verb}\` ${how}${last ? `: ${last.trim()}` : ''}`, {
    hint: `${memory}its last lines are in ${path}`,
    exitCode: 3,
  });
}

function writeLog(dir: string, verb: string, log: string[]): string {
  const path = join(dir, `${verb}-${new Date().toISOString().replace(/[:.]/g, '-')}.log`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${log.join('\n')}\n`, { mode: 0o600 });
  return path;
}
