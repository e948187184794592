// Whether packages can be imported in an environment: only an import finds a broken build.
import { execa } from 'execa';
import { z } from 'zod';
import type { PythonEnv } from './environment.ts';
import { isolatedArgs } from './isolated.ts';

export interface ImportedPackage {
  /** Null if it is not installed. */
  version: string | null;
  /** Why it cannot be imported; null if it can, and if it is not installed. */
  error: string | null;
}

const script = `
import importlib, importlib.metadata as m, json, sys
found = {}
for pair in sys.argv[1:]:
    name, _, module = pair.partition("=")
    version = error = None
    try:
        version = m.version(name)
        importlib.import_module(module)
    except m.PackageNotFoundError:
        pass
    except BaseException as cause:
        error = f"{type(cause).__name__}: {cause}".splitlines()[0]
    found[name] = {"version": version, "error": error}
print(json.dumps(found))
`;

const answer = z.record(
  z.string(),
  z.object({ version: z.string().nullable(), error: z.string().nullable() }),
);

const minute = 60_000;

/** Imports each package's module and returns the results by package name. Takes seconds, because it may import torch. */
export async function importPackages(
  { executable, env, trainerDir }: PythonEnv,
  packages: readonly { name: string; module: string }[],
): Promise<Record<string, ImportedPackage>> {
  const result = await execa(
    executable,
    isolatedArgs(trainerDir, process.pid, [
      '-c',
      script,
      ...packages.map(({ name, module }) => `${name}=${module}`),
    ]),
    {
      env,
      extendEnv: false,
      reject: false,
      timeout: 5 * minute,
      stdin: 'ignore',
    },
  );
  const found = result.failed ? null : findAnswer(result.stdout);
  if (found) return found;
  // A crash of the interpreter (a library built for another system) has no exception to report.
  const error = result.stderr.trimEnd().split('\n').at(-1) || result.shortMessage || 'the import crashed';
  return Object.fromEntries(packages.map(({ name }) => [name, { version: null, error }]));
}

// A library may print when the interpreter ends, behind the answer.
function findAnswer(stdout: string): Record<string, ImportedPackage> | null {
  for (const line of stdout.split('\n').reverse()) {
    try {
      return answer.parse(JSON.parse(line));
    } catch {
      // Not the answer.
    }
  }
  return null;
}
