import { execa } from 'execa';
import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import { isolatedEnvironment, isolation } from './isolated.ts';

export interface PythonFacts {
  /** e.g. 3.11.7 */
  version: string;
  executable: string;
  prefix: string;
  /** Whether `python -m venv` can work. */
  venv: boolean;
  packages: Record<string, string | null>;
}

// Standard library only, and no import of the packages themselves: metadata alone is read, in about 50 ms.
const script = `
import importlib.metadata as m, importlib.util as u, json, platform, sys
def version(name):
    try:
        return m.version(name)
    except m.PackageNotFoundError:
        return None
print(json.dumps({
    "version": platform.python_version(),
    "executable": sys.executable,
    "prefix": sys.prefix,
    "venv": u.find_spec("venv") is not None and u.find_spec("ensurepip") is not None,
    "packages": {name: version(name) for name in sys.argv[1:]},
}))
`;

const facts = z.object({
  version: z.string(),
  executable: z.string(),
  prefix: z.string(),
  venv: z.boolean(),
  packages: z.record(z.string(), z.string().nullable()),
});

/** Asks an interpreter for its version and those of the named packages. Throws UserError E005 if it cannot be run. */
export async function inspectPython(
  executable: string,
  packages: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<PythonFacts> {
  const result = await execa(executable, [...isolation, '-c', script, ...packages], {
    env: isolatedEnvironment(env),
    extendEnv: false,
    reject: false,
    timeout: 30_000,
    stdin: 'ignore',
  });
  if (result.failed) {
    const reason =
      result.code === 'ENOENT' ? 'there is no such file' : lastLine(result.stderr) || result.shortMessage;
    throw new UserError('E005', `cannot run Python at ${executable}: ${reason}`, {
      hint: 'name a Python executable or the folder of a virtual environment, or let `lorch setup` make one',
      exitCode: 3,
    });
  }
  // A sitecustomize may print; the answer is the last line.
  return facts.parse(JSON.parse(lastLine(result.stdout)));
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
