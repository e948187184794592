// `lorch setup`: make or repair the trainer's Python environment, or check one that exists.
import { UserError } from '../../diagnostics/user-error.ts';
import type { PythonEnv, PythonNeed } from '../../python/environment.ts';
import { checkInterpreter, findPython, locatePython } from '../../python/find-python.ts';
import { type MakePythonOptions, makePython } from '../../python/make-python.ts';
import { runTrainer } from '../../python/run-trainer.ts';
import type { PackageState } from '../../python/versions.ts';

export interface SetupOptions
  extends Pick<
    MakePythonOptions,
    'env' | 'force' | 'dev' | 'variant' | 'base' | 'signal' | 'onStage' | 'onStep'
  > {
  /** Where `python` and `base` are relative to. */
  cwd: string;
  /** Look, and change nothing. */
  check?: boolean;
  /** An existing environment to check instead of making one. */
  python?: string;
  /** `python:` of the workspace, which --check looks at too. */
  workspacePython?: string;
  /** Enough for the data commands, without torch. */
  tokenizer?: boolean;
}

export interface SetupResult {
  action: 'made' | 'complete' | 'checked';
  python: PythonEnv;
  need: PythonNeed;
  packages: PackageState[];
  /** What the trainer itself found when it was started: versions, device. */
  trainer: unknown;
}

/** Throws UserError with exit code 3 when there is no usable environment afterwards. */
export async function setupPython(options: SetupOptions): Promise<SetupResult> {
  const { env, tokenizer, onStage = () => undefined } = options;
  const need: PythonNeed = tokenizer ? 'tokenizer' : 'trainer';
  const action = options.check || options.python ? 'checked' : await make(options, need);
  const explicit = options.python && locatePython(options.python, options.cwd, env.HOME);
  const python = await findPython({
    env,
    need,
    ...(explicit ? { explicit } : {}),
    ...(options.check && options.workspacePython ? { workspacePython: options.workspacePython } : {}),
  });
  const packages = await checkInterpreter(python.executable, need, python.env);
  const trainer = need === 'trainer' ? await startTrainer(python, options, onStage) : null;
  return { action, python, need, packages, trainer };
}

async function make(options: SetupOptions, need: PythonNeed): Promise<'made' | 'complete'> {
  const { env, force, dev, variant, base, signal, onStage, onStep } = options;
  const made = await makePython({
    env,
    need,
    ...(force ? { force } : {}),
    ...(dev ? { dev } : {}),
    ...(variant ? { variant } : {}),
    ...(base ? { base: locatePython(base, options.cwd, env.HOME) } : {}),
    ...(signal ? { signal } : {}),
    ...(onStage ? { onStage } : {}),
    ...(onStep ? { onStep } : {}),
  });
  return made.made ? 'made' : 'complete';
}

/** Packages may be there and still not load (a CUDA build without its driver, a broken wheel): import them once. */
async function startTrainer(
  python: PythonEnv,
  options: SetupOptions,
  onStage: (stage: string) => void,
): Promise<unknown> {
  onStage('starting the trainer once');
  try {
    return await runTrainer(python, 'doctor', {}, options.signal ? { signal: options.signal } : {});
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'E008') throw error;
    throw new UserError('E003', `the packages in ${python.executable} do not load: ${error.message}`, {
      hint: `${error.hint ?? ''}; \`lorch setup --force\` makes the managed environment again`,
      exitCode: 3,
      cause: error,
    });
  }
}
