// The versions of packages in a virtual environment, read from its folders: starting Python for them costs 60 ms or more.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface InstalledVersions {
  /** e.g. 3.11 */
  python: string;
  packages: Record<string, string>;
}

/**
 * What importlib.metadata would say of the packages, or null if only Python itself can tell: the interpreter is not in
 * a virtual environment, or a package is not in that environment exactly once.
 */
export function readInstalledVersions(
  executable: string,
  packages: readonly string[],
): InstalledVersions | null {
  const root = dirname(dirname(executable));
  if (!existsSync(join(root, 'pyvenv.cfg'))) return null;
  const versions = namesIn(join(root, 'lib')).filter((name) => /^python3\.\d+$/.test(name));
  const [python] = versions;
  if (!python || versions.length > 1) return null;
  const site = join(root, 'lib', python, 'site-packages');
  const folders = namesIn(site);
  const found: Record<string, string> = {};
  for (const name of packages) {
    const own = folders.filter((folder) => packageOf(folder) === name);
    const version = own.length === 1 ? versionIn(join(site, own[0] ?? '', 'METADATA')) : null;
    if (version === null) return null;
    found[name] = version;
  }
  return { python: python.slice('python'.length), packages: found };
}

function namesIn(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}

/** `Jinja2-3.1.6.dist-info` is of jinja2. */
function packageOf(folder: string): string | undefined {
  return /^(.+?)-[^-]+\.dist-info$/.exec(folder)?.[1]?.toLowerCase().replace(/[._]/g, '-');
}

function versionIn(metadata: string): string | null {
  try {
    return /^Version: *(\S+)\s*$/m.exec(readFileSync(metadata, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}
