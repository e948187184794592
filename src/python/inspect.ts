import { z } from 'zod';
import { UserError } from '../diagnostics/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
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

/** Asks an interpreter for its version and those of the named packages. `env` null: the host's own. Throws UserError E005 if it cannot be run. */
export async function inspectPython(
  executable: string,
  packages: readonly string[],
  env: Readonly<Record<string, string | undefined>> | null,
  host: Host = localHost,
): Promise<PythonFacts> {
  const timeoutMs = 30_000;
  const argv = [executable, ...isolation, '-c', script, ...packages];
  const { code, error, stdout, stderr } = await host.run(argv, {
    ...(env && { env: isolatedEnvironment(env) }),
    timeoutMs,
  });
  if (code !== 0) {
    const ended =
      code === null ? `it was killed, or took over ${timeoutMs / 1000} s` : `it ended with exit code ${code}`;
    const reason = error ?? (lastLine(stderr) || ended);
    throw new UserError('E005', `cannot run Python at ${executable}: ${reason}`, {
      hint: 'name a Python executable or the folder of a virtual environment, or let `lorch setup` make one',
      exitCode: 3,
    });
  }
  // A sitecustomize may print; the answer is the last line.
  return facts.parse(JSON.parse(lastLine(stdout)));
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
