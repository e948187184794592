// The version of everything else that determines sequences, beside rows, tokenizer and settings: the trainer's rules and the rendering libraries.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PythonEnv } from '../../python/environment.ts';
import { inspectPython } from '../../python/inspect.ts';
import { readInstalledVersions } from '../../python/installed-versions.ts';

export const cacheVersion = z.object({
  /** SHA-256 of the files that define how rows become sequences. */
  rules: z.string(),
  python: z.string(),
  packages: z.record(z.string(), z.string().nullable()),
});

export type CacheVersion = z.infer<typeof cacheVersion>;

const renderers = ['jinja2', 'tokenizers', 'transformers'];
const ruleFolders: [string, RegExp][] = [
  ['tokens', /\.py$/],
  ['templates', /\.jinja$/],
];
const ruleFiles = [
  'commands/prepare.py',
  'commands/probe.py',
  'codes.json',
  'errors.py',
  'methods/__init__.py',
];

/**
 * The `cache_version` that this interpreter's `prepare` would return (tokens/cache_version.py). Starts Python only if
 * the versions of its packages cannot be read from its folders. Throws UserError E005 if it cannot be run.
 */
export async function readCacheVersion({
  executable,
  trainerDir,
  env,
}: Pick<PythonEnv, 'executable' | 'trainerDir'> & {
  env: Readonly<Record<string, string | undefined>>;
}): Promise<CacheVersion> {
  const rules = await hashRules(join(trainerDir, 'lorch_trainer'));
  const installed = readInstalledVersions(executable, renderers);
  if (installed) return { rules, ...installed };
  const { version, packages } = await inspectPython(executable, renderers, env);
  return { rules, python: version.split('.').slice(0, 2).join('.'), packages };
}

/** SHA-256 over the names and contents of the rules' files in a copy of the package, sorted by name. */
export async function hashRules(packageDir: string): Promise<string> {
  const inFolders = await Promise.all(
    ruleFolders.map(async ([folder, ending]) =>
      (await readdir(join(packageDir, folder))).filter((n) => ending.test(n)).map((n) => `${folder}/${n}`),
    ),
  );
  const whole = createHash('sha256');
  for (const name of [...ruleFiles, ...inFolders.flat()].sort()) {
    const content = await readFile(join(packageDir, name));
    whole.update(`${name}\0${createHash('sha256').update(content).digest('hex')}\n`);
  }
  return whole.digest('hex');
}
