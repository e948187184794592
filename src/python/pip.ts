import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { UserError } from '../diagnostics/user-error.ts';
import type { Env } from './cache-dir.ts';
import { isolatedArgs, isolatedEnvironment } from './isolated.ts';
import { findTrainerDir } from './trainer-dir.ts';

export interface PipOptions {
  executable: string;
  args: string[];
  env: Env;
  logFile: string;
  onStep: (step: string) => void;
  signal?: AbortSignal;
}

/** Runs `pip install ARGS`; every line goes to the log, what it is doing to `onStep`. Throws E007. */
export async function pipInstall(options: PipOptions): Promise<void> {
  const { executable, args, env, logFile, onStep, signal } = options;
  const argv = isolatedArgs(findTrainerDir(), process.pid, [
    'pip',
    'install',
    '--no-input',
    '--progress-bar',
    'off',
    '--disable-pip-version-check',
    ...args,
  ]);
  const child = execa(executable, argv, {
    env: isolatedEnvironment(env),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  const errors: string[] = [];
  appendFileSync(logFile, `$ pip install ${args.join(' ')}\n`);
  for await (const line of createInterface({ input: child.all })) {
    appendFileSync(logFile, `${line}\n`);
    if (/^\s*(ERROR|error):?/.test(line)) errors.push(line.replace(/^\s*(ERROR|error):?\s*/, ''));
    const step = describePipLine(line);
    if (step) onStep(step);
  }
  const result = await child;
  if (signal?.aborted) throw signal.reason;
  if (!result.failed) return;
  const reason = errors.find((line) => line.trim() !== '') ?? result.shortMessage ?? 'no reason given';
  const full = /No space left/i.test(errors.join('\n'));
  throw new UserError(
    'E007',
    `pip could not install ${args.filter((arg) => !arg.startsWith('-')).at(-1)}: ${reason}`,
    {
      hint: full
        ? `free some disk space (about 2 GB for a CPU environment, 8 GB with CUDA); log: ${logFile}`
        : `log: ${logFile}`,
      exitCode: 3,
    },
  );
}

/** What a line of pip's output says it is doing, in a few words; null for the rest. */
export function describePipLine(line: string): string | null {
  const collecting = /^\s*Collecting (\S+)/.exec(line);
  if (collecting?.[1]) return `finding ${requirementName(collecting[1])}`;
  const download = /^\s*(?:Downloading|Using cached|Processing) (\S+?)(?: \(([^)]+)\))?$/.exec(line);
  const file = download?.[1]?.split('/').at(-1);
  if (file && !file.endsWith('.metadata')) {
    const name = file.split('-').slice(0, 2).join(' ');
    return download?.[2] ? `fetching ${name} (${download[2]})` : `fetching ${name}`;
  }
  const installing = /^\s*Installing collected packages: (.*)$/.exec(line);
  if (installing?.[1]) {
    const names = installing[1].split(', ');
    return `installing ${names.length} package${names.length === 1 ? '' : 's'}`;
  }
  return null;
}

function requirementName(requirement: string): string {
  return requirement.split(/[<>=!~;[]/)[0] ?? requirement;
}
