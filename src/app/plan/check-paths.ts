// Whether the local files that a config names exist. A plan needs them; a check only warns, because configs are shared.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeName } from '../../config/codes.ts';
import type { LoadedRun } from '../../config/load.ts';
import { nodeAt } from '../../config/source/located.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { modelPath } from '../../hub/resolve-model.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import { findSources } from '../sources/dataset-sources.ts';

export interface PathScope {
  /** The workspace's root, or the current folder. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** A warning (C040) for each dataset file and local base model that does not exist. Does not ask the hub. */
export async function missingPaths({ config, written }: LoadedRun, scope: PathScope): Promise<Finding[]> {
  const { train, validation } = config.dataset;
  const held = Array.isArray(validation) ? validation : [];
  const entries = [
    ...train.map((entry, i) => ({ path: pathOf(entry), keys: ['dataset', 'train', i] })),
    ...held.map((entry, i) => ({ path: pathOf(entry), keys: ['dataset', 'validation', i] })),
  ].filter(({ path }) => path !== '-' && !path.startsWith('hf://'));
  const findings: Finding[] = [];
  for (const { path, keys } of entries) {
    const why = await missingSource(path, scope);
    if (why === null) continue;
    // A single source may be written without a list around it.
    const node =
      nodeAt(written, [...keys, 'path']) ?? nodeAt(written, keys) ?? nodeAt(written, keys.slice(0, 2));
    findings.push(warning(node?.at, why.message, why.hint));
  }
  const model = missingModel(config.base_model, scope);
  if (model) findings.push(warning(nodeAt(written, ['base_model'])?.at, model.message, model.hint));
  return findings;
}

function pathOf(entry: string | { path: string }): string {
  return typeof entry === 'string' ? entry : entry.path;
}

type Missing = { message: string; hint: string } | null;

async function missingSource(path: string, { root, env }: PathScope): Promise<Missing> {
  try {
    await findSources([path], { cwd: root, env, cacheDir: userCacheDir(env) });
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: error.message, hint: error.hint ?? `paths are relative to ${root}` };
  }
}

/** A name that cannot be a hub id, or whose parent folder exists here, is meant as a path. */
function missingModel(model: string, { root, env }: PathScope): Missing {
  const { path, certain } = modelPath(model, root, env);
  if (existsSync(path)) return null;
  const folder = dirname(model);
  if (!certain && (folder === '.' || !existsSync(join(root, folder)))) return null;
  return {
    message: `there is no model at ${model}`,
    hint: certain
      ? `paths are relative to ${root}`
      : `without a folder ${model} in ${root}, it is read as a name on the hub; \`lorch model tiny ${model}\` makes a small random one`,
  };
}

function warning(at: Finding['at'], message: string, hint: string): Finding {
  return { code: 'C040', name: codeName('C040'), severity: 'warning', message, hint, ...(at ? { at } : {}) };
}
