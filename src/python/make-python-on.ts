// `lorch host setup`: the trainer's environment on another host, made there by a program that outlives the connection.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { findByEnvironment } from '../hosts/processes.ts';
import { fileBytes, readBytes, readJson } from '../hosts/read-files.ts';
import { isUnreachable } from '../hosts/unreachable.ts';
import { hashRequirements, markerName, requirementsFile } from './environment.ts';
import { parseNvidia } from './nvidia.ts';
import { chooseTorchBuild, type TorchBuild, type TorchVariant } from './torch-build.ts';
import { findTrainerDir } from './trainer-dir.ts';

export interface MakePythonOnOptions {
  host: Host;
  /** lorch's folder on the host. */
  dir: string;
  variant?: TorchVariant;
  /** Make it again even if a complete one exists. */
  force?: boolean;
  /** Another requirements file than the trainer's; for tests. */
  requirements?: string;
  signal?: AbortSignal;
  /** Lines of its log, as they come. */
  onLine(line: string): void;
  /** The host does not answer for now; the work there goes on. */
  onSilence(message: string): void;
}

export interface MadePythonOn {
  /** The folder of the environment on the host. */
  dir: string;
  /** False: it was there and complete. */
  made: boolean;
  /** On the host. */
  logFile: string;
}

/** In the environment of the program there, by which it is found. */
const mark = 'LORCH_HOST_SETUP';
const aliveEveryMs = 5_000;

const endSchema = z.union([
  z.object({ dir: z.string(), made: z.boolean() }),
  z.object({ error: z.string(), hint: z.string() }),
]);
type End = z.infer<typeof endSchema>;

/** Makes the managed environment on a host, or finds it complete. Throws UserError E010, E012 (exit code 3), R165. */
export async function makePythonOn(options: MakePythonOnOptions): Promise<MadePythonOn> {
  const { host, dir } = options;
  const trainerDir = findTrainerDir();
  const text = readFileSync(options.requirements ?? requirementsFile(trainerDir, 'trainer'), 'utf8');
  const build = await buildFor(host, options.variant);
  const folder = join(dir, 'setup');
  const token = randomUUID();
  const logFile = join(folder, 'setup.log');
  const end = join(folder, `${token}.end.json`);
  const own = {
    program: join(folder, `${token}.py`),
    settings: join(folder, `${token}.json`),
    requirements: join(folder, `${token}.txt`),
  };
  await host.put(own.program, readFileSync(join(trainerDir, 'host_setup.py'), 'utf8'));
  await host.put(own.requirements, text);
  const settings = {
    ...{ root: join(dir, 'python'), requirements: own.requirements, log: logFile, end, marker: markerName },
    requirements_hash: hashRequirements(text),
    torch: /^torch==[\w.]+/m.exec(text)?.[0] ?? null,
    ...build,
    force: options.force ?? false,
  };
  await host.put(own.settings, JSON.stringify(settings));
  const from = await fileBytes(host, logFile);
  const started = await host.run([
    'env',
    `${mark}=${token}`,
    'python3',
    '-I',
    '-S',
    own.program,
    own.settings,
  ]);
  if (started.code !== 0 && (started.code !== null || started.error !== null))
    throw failed(started.error ?? started.stderr.trim().split('\n').at(-1) ?? '', host, logFile);
  const said = await followSetup(options, { logFile, end, from, token });
  for (const file of [...Object.values(own), end]) await host.remove(file);
  if ('error' in said) throw failed(said.error, host, logFile, said.hint);
  return { ...said, logFile };
}

function failed(reason: string, host: Host, logFile: string, hint?: string): UserError {
  return new UserError('E012', `the environment on ${host.name} cannot be made: ${reason}`, {
    hint: `${hint ? `${hint}; ` : ''}the log is ${logFile} on ${host.name}`,
    exitCode: 3,
  });
}

async function buildFor(host: Host, variant: TorchVariant | undefined): Promise<TorchBuild> {
  const fields = 'name,uuid,memory.total,compute_cap,driver_version';
  const query = await host.run(['nvidia-smi', `--query-gpu=${fields}`, '--format=csv,noheader,nounits'], {
    timeoutMs: 20_000,
  });
  const table = query.code === 0 ? await host.run(['nvidia-smi'], { timeoutMs: 20_000 }) : null;
  const driver = table ? parseNvidia(query.stdout, table.code === 0 ? table.stdout : '') : null;
  return chooseTorchBuild('linux', driver, variant);
}

/** Waits for the end, whatever becomes of connections meanwhile. */
async function followSetup(
  { host, signal, onLine, onSilence }: MakePythonOnOptions,
  { logFile, end, from, token }: { logFile: string; end: string; from: number; token: string },
): Promise<End> {
  let at = from;
  let rest = '';
  let silent = false;
  let gone = false;
  let askedMs = performance.now();
  for (;;) {
    await sleep(500, undefined, signal ? { signal } : {});
    try {
      // The end first: then all of the log is there.
      const read = await readJson(host, end, (value) => {
        const parsed = endSchema.safeParse(value);
        return parsed.success ? { value: parsed.data } : 'it is not the end of a setup';
      });
      for (let part: Buffer = Buffer.alloc(1); part.length > 0; at += part.length) {
        part = await readBytes(host, logFile, at, 65_536);
        const lines = (rest + part.toString()).split(/\r?\n/);
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      }
      silent = false;
      if (read.state === 'read') return read.value;
      // Asked after the end was looked for twice: who ends normally writes it before.
      if (gone) return { error: 'its program there was ended', hint: 'the same command makes it again' };
      if (performance.now() - askedMs < aliveEveryMs) continue;
      askedMs = performance.now();
      gone = (await findByEnvironment(host, `${mark}=${token}`)).length === 0;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      if (!silent) onSilence(error.message);
      silent = true;
    }
  }
}
