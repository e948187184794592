import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../diagnostics/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { type Env, userCacheDir } from './cache-dir.ts';
import {
  hashRequirements,
  interpreterOf,
  listManaged,
  type ManagedEnvironment,
  type PythonEnv,
  type PythonNeed,
  requirementsFile,
} from './environment.ts';
import { inspectPython } from './inspect.ts';
import { isolatedEnvironment } from './isolated.ts';
import { findTrainerDir } from './trainer-dir.ts';
import {
  checkPackages,
  compareVersions,
  type PackageState,
  tokenizerRanges,
  trainerRanges,
} from './versions.ts';

export interface FindPythonOptions {
  /** The process environment: PATH, HOME, XDG_CACHE_HOME, and what the trainer may read (HF_TOKEN …). */
  env: Env;
  /** lorch's cache folder; by default the one in the user's cache. */
  cacheDir?: string;
  /** `--python`: an executable, a name on PATH, or the folder of a virtual environment. Paths absolute. */
  explicit?: string;
  /** `python:` of lorch.yaml, resolved against the workspace. */
  workspacePython?: string;
  /** Where it will run; this machine by default. */
  host?: Host;
  /** What it will be used for; a tokenizer-only environment will do for `prepare`. */
  need?: PythonNeed;
}

const oldestPython = '3.10';

/**
 * The interpreter to run the trainer with: `--python`, else `python:`, else the managed environment.
 * Throws UserError (exit code 3) E001 none, E002 too old, E003 packages missing, E004 versions, E005 not runnable.
 */
export async function findPython(options: FindPythonOptions): Promise<PythonEnv> {
  const { env, host = localHost, need = 'trainer' } = options;
  const cacheDir = options.cacheDir ?? userCacheDir(env);
  const { executable, trainerDir } = await findInterpreter(options);
  const source = options.explicit ? 'explicit' : options.workspacePython ? 'workspace' : 'managed';
  const processEnv = isolatedEnvironment(env);
  const states = await checkInterpreter(executable, need, processEnv, host);
  refuseBadPackages(executable, states, source);
  return { executable, env: processEnv, trainerDir, source, logDir: join(cacheDir, 'logs') };
}

/** The interpreter that `findPython` would check, without starting it. Throws UserError E001, E005. */
export async function findInterpreter(
  options: FindPythonOptions,
): Promise<{ executable: string; trainerDir: string }> {
  const { host = localHost } = options;
  const cacheDir = options.cacheDir ?? userCacheDir(options.env);
  const trainerDir = findTrainerDir();
  const named = options.explicit ?? options.workspacePython;
  const executable = named
    ? await resolveInterpreter(host, named)
    : await managedInterpreter(host, cacheDir, trainerDir, options.need ?? 'trainer');
  return { executable, trainerDir };
}

/** Checks the version of an interpreter (throws E002, E005) and returns the state of each package. */
export async function checkInterpreter(
  executable: string,
  need: PythonNeed,
  env: Env,
  host: Host = localHost,
): Promise<PackageState[]> {
  const ranges = need === 'trainer' ? trainerRanges : tokenizerRanges;
  const facts = await inspectPython(
    executable,
    ranges.map((range) => range.package),
    env,
    host,
  );
  if (compareVersions(facts.version, oldestPython) < 0) {
    throw new UserError(
      'E002',
      `${executable} is Python ${facts.version}; the trainer needs ${oldestPython} or newer`,
      {
        hint: 'name another with --python, or run `lorch setup`',
        exitCode: 3,
      },
    );
  }
  return checkPackages(facts.packages, ranges);
}

/** `--python` as typed, standing in `cwd`: a path if it is one or exists there, else a name on PATH. */
export function locatePython(named: string, cwd: string, home?: string): string {
  if (home && /^~(?=$|[/\\])/.test(named)) return join(home, named.slice(1));
  const path = resolve(cwd, named);
  return /[/\\]/.test(named) || existsSync(path) ? path : named;
}

/** A folder stands for the interpreter of the virtual environment in it. */
export async function resolveInterpreter(host: Host, named: string): Promise<string> {
  if ((await host.stat(named, { follow: true }))?.kind === 'folder') {
    const inside = interpreterOf(named);
    if (await host.stat(inside, { follow: true })) return inside;
    throw new UserError('E005', `${named} is a folder without bin/python`, {
      hint: 'name the folder of a virtual environment, or its Python executable',
      exitCode: 3,
    });
  }
  return named;
}

/** The managed environments that fit the trainer's requirements, the best first: a full one before a light one. */
export async function fittingEnvironments(
  host: Host,
  cacheDir: string,
  trainerDir: string,
  need: PythonNeed,
): Promise<ManagedEnvironment[]> {
  const hashOf = (of: PythonNeed) => hashRequirements(readFileSync(requirementsFile(trainerDir, of), 'utf8'));
  const hashes = { trainer: hashOf('trainer'), tokenizer: hashOf('tokenizer') };
  return (await listManaged(host, cacheDir))
    .filter(({ marker }) => marker.requirements === hashes[marker.need])
    .filter(({ marker }) => need === 'tokenizer' || marker.need === 'trainer')
    .sort((a, b) => Number(b.marker.need === 'trainer') - Number(a.marker.need === 'trainer'));
}

async function managedInterpreter(
  host: Host,
  cacheDir: string,
  trainerDir: string,
  need: PythonNeed,
): Promise<string> {
  const [best] = await fittingEnvironments(host, cacheDir, trainerDir, need);
  if (best) return best.executable;
  const others = await listManaged(host, cacheDir);
  const where = host === localHost ? '' : ` on ${host.name}`;
  const message =
    others.length === 0
      ? `the trainer's Python environment has not been made yet${where}`
      : others.some(({ marker }) => marker.need === 'trainer')
        ? "the trainer's Python environment belongs to another version of lorch"
        : 'only the light tokenizer environment has been made; training needs the full one';
  const hint =
    host !== localHost
      ? `run \`lorch host setup ${host.name}\``
      : need === 'tokenizer'
        ? 'run `lorch setup --tokenizer` (light, data commands only) or `lorch setup` (everything); or name your own with --python'
        : 'run `lorch setup`; or name your own with --python';
  throw new UserError('E001', message, { hint, exitCode: 3 });
}

function refuseBadPackages(executable: string, states: PackageState[], source: PythonEnv['source']): void {
  const repair =
    source === 'managed'
      ? 'run `lorch setup --force`'
      : 'install them there, or use the managed environment: `lorch setup` and no --python or python:';
  const missing = states.filter((state) => state.state === 'missing');
  if (missing.length > 0) {
    const names = missing.map((state) => `${state.package} (${state.range})`).join(', ');
    throw new UserError('E003', `${executable} lacks ${names}`, { hint: repair, exitCode: 3 });
  }
  const wrong = states.filter((state) => state.state !== 'good');
  if (wrong.length > 0) {
    const names = wrong
      .map((state) => `${state.package} ${state.version} (${state.state}: ${state.range})`)
      .join(', ');
    throw new UserError('E004', `${executable} has versions that lorch does not work with: ${names}`, {
      hint: repair,
      exitCode: 3,
    });
  }
}
