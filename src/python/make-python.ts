// `lorch setup`: a virtual environment in the user's cache, complete or not there at all.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../diagnostics/user-error.ts';
import { localHost } from '../hosts/local.ts';
import { findBasePython, venvMissing } from './base-python.ts';
import { type Env, userCacheDir } from './cache-dir.ts';
import { endLeftovers, setupVariable } from './end-leftovers.ts';
import {
  type EnvironmentMarker,
  hashRequirements,
  interpreterOf,
  type ManagedEnvironment,
  markerName,
  type PythonNeed,
  readMarker,
  requirementsFile,
} from './environment.ts';
import { inspectPython, type PythonFacts } from './inspect.ts';
import { isolatedArgs, isolatedEnvironment } from './isolated.ts';
import { withLock } from './lock.ts';
import { detectNvidia } from './nvidia.ts';
import { pipInstall } from './pip.ts';
import { chooseTorchBuild, type TorchBuild, type TorchVariant } from './torch-build.ts';
import { findTrainerDir } from './trainer-dir.ts';

export interface MakePythonOptions {
  env: Env;
  cacheDir?: string;
  need?: PythonNeed;
  variant?: TorchVariant;
  /** Interpreter to make it from; by default the first fitting one on PATH. */
  base?: string;
  /** Also what the tests of this repository need. */
  dev?: boolean;
  /** Make it again even if a complete one exists. */
  force?: boolean;
  platform?: NodeJS.Platform;
  signal?: AbortSignal;
  /** A part begins: said once each. */
  onStage?: (stage: string) => void;
  /** What is going on inside it: said often. */
  onStep?: (step: string) => void;
}

export interface MadePython extends ManagedEnvironment {
  /** False: it was there and complete. */
  made: boolean;
  logFile: string;
}

/** Makes the managed environment, or finds it complete. Throws UserError E002, E006, E007, E010 (exit code 3). */
export async function makePython(options: MakePythonOptions): Promise<MadePython> {
  const { env, need = 'trainer', onStage = () => undefined } = options;
  const cacheDir = options.cacheDir ?? userCacheDir(env);
  const trainerDir = findTrainerDir();
  const base = options.base ? await namedBase(options.base, env) : await findBasePython(env);
  const build = await chooseBuild(options, need);
  const requirements = hashRequirements(readFileSync(requirementsFile(trainerDir, need), 'utf8'));
  const python = base.version.split('.').slice(0, 2).join('.');
  const name = `${requirements}-py${python}-${need === 'trainer' ? build.variant : 'tokenizer'}`;
  const dir = join(cacheDir, 'python', name);
  const logFile = join(cacheDir, 'logs', `setup-${name}.log`);
  mkdirSync(join(cacheDir, 'logs'), { recursive: true, mode: 0o700 });
  const onWait = (pid: number) => onStage(`waiting for another lorch setup (pid ${pid})`);
  const lock = { onWait, onDead: endLeftovers, ...(options.signal ? { signal: options.signal } : {}) };
  return await withLock(`${dir}.lock`, lock, async (token) => {
    const own = { ...options, env: { ...env, [setupVariable]: token } };
    const target = { dir, executable: interpreterOf(dir), logFile };
    const dev = options.dev
      ? hashRequirements(readFileSync(join(trainerDir, 'requirements-dev.txt'), 'utf8'))
      : null;
    const existing = options.force ? null : await readMarker(localHost, dir);
    if (existing && (dev === null || existing.dev === dev))
      return { ...target, marker: existing, made: false };
    writeFileSync(logFile, '');
    const marker: EnvironmentMarker = {
      lorch: 1,
      requirements,
      need,
      variant: need === 'trainer' ? build.variant : 'none',
      python: base.version,
      dev,
      created_ms: Date.now(),
    };
    const install = installer(own, target.executable, logFile);
    if (!existing) {
      onStage(`Python ${base.version} (${base.executable}) → ${dir}`);
      await createVenv(base, dir, own.env);
      await installRequirements(install, options, trainerDir, need, build);
    }
    if (dev !== null) {
      onStage('tools for the tests');
      await install(['-r', join(trainerDir, 'requirements-dev.txt')]);
    }
    writeMarker(dir, marker);
    return { ...target, marker, made: true };
  });
}

type Install = (args: string[]) => Promise<void>;

function installer(options: MakePythonOptions, executable: string, logFile: string): Install {
  const { env, signal, onStep = () => undefined } = options;
  return (args) => pipInstall({ executable, args, env, logFile, onStep, ...(signal ? { signal } : {}) });
}

async function namedBase(base: string, env: Env): Promise<PythonFacts> {
  const facts = await inspectPython(base, [], env);
  if (!facts.venv) throw venvMissing(facts);
  return facts;
}

async function chooseBuild(options: MakePythonOptions, need: PythonNeed): Promise<TorchBuild> {
  if (need === 'tokenizer') return { variant: 'none', index: null, why: 'tokenising needs no torch' };
  const driver = await detectNvidia(options.env);
  return chooseTorchBuild(options.platform ?? process.platform, driver, options.variant);
}

/** Anything half-made from before goes first: pip cannot tell a package that was cut short from a whole one. */
async function createVenv(base: PythonFacts, dir: string, env: Env): Promise<void> {
  rmSync(dir, { recursive: true, force: true });
  const result = await execa(base.executable, isolatedArgs(findTrainerDir(), process.pid, ['venv', dir]), {
    env: isolatedEnvironment(env),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  if (!result.failed) return;
  if (/ensurepip/.test(result.stdout + result.stderr)) throw venvMissing(base);
  throw new UserError('E006', `python -m venv failed: ${result.stderr.trim().split('\n').at(-1) ?? ''}`, {
    hint: `is there room in ${dir}?`,
    exitCode: 3,
  });
}

async function installRequirements(
  install: Install,
  options: MakePythonOptions,
  trainerDir: string,
  need: PythonNeed,
  build: TorchBuild,
): Promise<void> {
  const { onStage = () => undefined } = options;
  const file = requirementsFile(trainerDir, need);
  if (need === 'trainer') {
    const pin = torchPin(readFileSync(file, 'utf8'));
    onStage(`${pin}, build ${build.variant} (${build.why})`);
    // torch on its own and first: the other packages then accept the build that is there.
    await installTorch(install, pin, build, onStage);
  }
  onStage(
    need === 'trainer'
      ? 'transformers, peft, trl, accelerate, bitsandbytes'
      : 'transformers and tokenizers, without torch',
  );
  await install(['-r', file]);
}

/**
 * The build's own index first, by its local version (`+cpu`), which no other index can serve. If that fails (an
 * index out of reach), the plain pin, which works with whatever pip is configured for.
 */
async function installTorch(
  install: Install,
  pin: string,
  build: TorchBuild,
  onStage: (stage: string) => void,
): Promise<void> {
  if (build.index) {
    try {
      const patience = ['--retries', '1', '--timeout', '20'];
      await install([...patience, '--extra-index-url', build.index, `${pin}+${build.variant}`]);
      return;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onStage(`${build.index} does not serve it (${error.message.split('\n')[0]}); taking the default build`);
    }
  }
  await install([pin]);
}

function torchPin(requirements: string): string {
  const pin = /^torch==[\w.]+/m.exec(requirements)?.[0];
  if (!pin) throw new Error('requirements.txt pins no torch version');
  return pin;
}

function writeMarker(dir: string, marker: EnvironmentMarker): void {
  const path = join(dir, markerName);
  writeFileSync(`${path}.tmp`, JSON.stringify(marker, null, 2));
  renameSync(`${path}.tmp`, path);
}
