import { UserError } from '../diagnostics/user-error.ts';
import type { Host } from '../hosts/host.ts';
import { localHost } from '../hosts/local.ts';
import { isUnreachable } from '../hosts/unreachable.ts';
import type { Env } from './cache-dir.ts';
import { inspectPython, type PythonFacts } from './inspect.ts';
import { compareVersions } from './versions.ts';

/** The plain name first: it is what the user's machine takes for Python. */
const candidates = ['python3', 'python3.12', 'python3.13', 'python3.11', 'python3.10', 'python'];

/** The newest minor version that the pinned packages have wheels for. */
const newestMinor = '3.14';

/**
 * A Python to make the environment from: 3.10 or newer, with venv. `env` null: the host's own. Throws E002 or E006 with the
 * way to get one, R165 if the host cannot be reached.
 */
export async function findBasePython(env: Env | null, host: Host = localHost): Promise<PythonFacts> {
  const seen: string[] = [];
  let withoutVenv: PythonFacts | null = null;
  for (const name of candidates) {
    const facts = await inspectPython(name, [], env, host).catch((error: unknown) => {
      if (isUnreachable(error)) throw error;
      return null;
    });
    if (!facts) continue;
    if (compareVersions(facts.version, '3.10') < 0 || minor(facts.version) > minor(newestMinor)) {
      seen.push(`${name} is ${facts.version}`);
    } else if (!facts.venv) withoutVenv ??= facts;
    else return facts;
  }
  if (withoutVenv) throw venvMissing(withoutVenv);
  throw new UserError(
    'E002',
    `no Python from 3.10 to ${newestMinor} on PATH${seen.length ? ` (${seen.join(', ')})` : ''}`,
    {
      hint: 'Debian, Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python; without root: uv or conda',
      exitCode: 3,
    },
  );
}

/** The error for a Python whose `venv` or `ensurepip` was left out by its distributor. */
export function venvMissing(facts: PythonFacts): UserError {
  const [major = '3', minorPart = ''] = facts.version.split('.');
  return new UserError(
    'E006',
    `${facts.executable} (Python ${facts.version}) cannot make virtual environments`,
    {
      hint: `Debian, Ubuntu: sudo apt install python${major}.${minorPart}-venv; elsewhere reinstall Python with venv and ensurepip`,
      exitCode: 3,
    },
  );
}

function minor(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}
