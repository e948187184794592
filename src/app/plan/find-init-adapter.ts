// `init_adapter:` → the adapter's two files on this machine, and what is known about its origin.
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../diagnostics/user-error.ts';
import { adapterFiles } from '../../hub/adapter-files.ts';
import { noAdapter, parseAdapterName, resolveAdapter } from '../../hub/resolve-adapter.ts';
import { runPaths } from '../../run/layout.ts';
import { planBytes, readRunJson } from '../../run/run-file.ts';
import { statusWord } from '../../run/status.ts';
import type { Store } from '../../store/open-store.ts';
import { resolveRun } from '../../store/resolve-run.ts';
import { getRun } from '../../store/runs.ts';

export interface FindRequest {
  workspace: { root: string; runsDir: string; cacheDir: string; store: Store };
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
}

/** The fields that are read from the plan beside an adapter. The plan may come from elsewhere, so each field is checked. */
const madeBy = z.object({
  lorch: z.literal(1),
  base_model: z.object({
    id: z.string(),
    path: z.string().nullable(),
    revision: z.string().nullable(),
    config_sha256: z.string(),
  }),
  init_adapter: z.object({ mode: z.string() }).optional(),
  lora: z.record(z.string(), z.unknown()),
});

type MadeBy = z.infer<typeof madeBy>;

export interface FoundAdapter {
  source: 'run' | 'folder' | 'hub';
  /** Its name in messages. */
  name: string;
  /** Absolute; contains adapter_config.json and adapter_model.safetensors. */
  dir: string;
  run: string | null;
  /** Commit of a hub repository. */
  revision: string | null;
  /** Id of the run that made it, if it is in a run folder. */
  plan: MadeBy | null;
  /** Whether its files never change again, so that a hard link is enough. */
  immutable: boolean;
}

/**
 * Finds an adapter: an existing folder, else a run, else a hub id. Throws UserError P050 if there is none or the name
 * means two things, P051 for a run without a finished adapter, P052 for a folder that is not an adapter, and what
 * `resolveAdapter` throws.
 */
export async function findInitAdapter(from: string, request: FindRequest): Promise<FoundAdapter> {
  const { root, store, runsDir } = request.workspace;
  const path = resolve(root, from.replace(/^~(?=$|\/)/, request.env.HOME ?? '~'));
  const run = findRun(store, from);
  if (existsSync(path)) {
    if (run !== null && dirname(path) !== runsDir)
      throw new UserError('P050', `init_adapter: ${from} is a folder and the name of a run`, {
        hint: `write ./${from} for the folder, or ${run} for the run`,
      });
    return inFolder(from, path, request);
  }
  if (run !== null) return ofRun(run, request);
  const hub = /^[./~]/.test(from) ? null : parseAdapterName(from);
  if (hub) {
    const found = await resolveAdapter(hub.name, hub.revision, {
      env: request.env,
      cacheDir: request.workspace.cacheDir,
      ...(request.signal ? { signal: request.signal } : {}),
    }).catch((error: unknown) => {
      if (!(error instanceof UserError) || !['E040', 'E041', 'M011'].includes(error.code)) throw error;
      throw new UserError(error.code, `init_adapter: ${error.message}`, {
        hint: `there is also no folder ${from} in ${root} and no run of that name; ${error.hint}`,
        exitCode: error.exitCode,
        cause: error,
      });
    });
    const name = `${found.name}@${found.commit.slice(0, 12)}`;
    return {
      source: 'hub',
      name,
      dir: found.dir,
      run: null,
      revision: found.commit,
      plan: null,
      immutable: true,
    };
  }
  throw new UserError('P050', `init_adapter: there is no run, folder or hub adapter ${from}`, {
    hint: `lorch looked for a folder in ${root} and for a run (\`lorch runs\` lists them); a hub id is user/name or user/name@revision`,
  });
}

function findRun(store: Store, from: string): string | null {
  try {
    return resolveRun(store, from);
  } catch (error) {
    // If several runs have this prefix, the user must decide. Any other name may still be a folder.
    if (error instanceof UserError && error.code === 'U101') return null;
    throw error;
  }
}

function ofRun(id: string, { workspace: { store, runsDir } }: FindRequest): FoundAdapter {
  const row = getRun(store, id);
  const word = row ? statusWord(row.status) : 'gone';
  const { adapter, dir } = runPaths(join(runsDir, id));
  if (word !== 'succeeded' || !existsSync(join(adapter, adapterFiles[1])))
    throw new UserError(
      'P051',
      `init_adapter: run ${id} ${word === 'succeeded' ? 'has lost its adapter' : `is ${word}`}, so it has no adapter to start from`,
      {
        hint:
          word === 'succeeded' || word === 'gone'
            ? `\`lorch show ${id}\` says more`
            : `finish it first: lorch resume ${id}`,
        exitCode: 1,
      },
    );
  return {
    source: 'run',
    name: `run ${id}`,
    dir: adapter,
    run: id,
    revision: null,
    plan: readMaker(dir),
    immutable: true,
  };
}

/** A folder with an adapter, or a run folder; either may be in this workspace's runs. */
function inFolder(from: string, path: string, request: FindRequest): FoundAdapter {
  const { runsDir, store } = request.workspace;
  if (!statSync(path).isDirectory())
    throw new UserError('P052', `init_adapter: ${from} is a file`, {
      hint: 'name the folder of the adapter',
    });
  const owner = [path, dirname(path), dirname(dirname(path))].find((each) =>
    existsSync(join(each, 'plan.json')),
  );
  const isRun =
    owner !== undefined && dirname(owner) === runsDir && getRun(store, basename(owner)) !== undefined;
  if (isRun && (path === owner || path === join(owner, 'adapter'))) return ofRun(basename(owner), request);
  const dir = path === owner ? join(path, 'adapter') : path;
  const files = adapterFiles.filter((file) => existsSync(join(dir, file)));
  const missing = adapterFiles.find((file) => !files.includes(file));
  if (missing)
    throw noAdapter(
      `init_adapter: ${from}`,
      missing,
      existsSync(join(dir, 'adapter_model.bin')) ? ['adapter_model.bin'] : [],
    );
  return {
    source: 'folder',
    name: from,
    dir,
    run: null,
    revision: null,
    plan: owner ? readMaker(owner) : null,
    immutable: false,
  };
}

/** The plan beside an adapter; null if there is none. It is only compared with the adapter's files. */
function readMaker(dir: string): MadeBy | null {
  const check = (value: unknown) => ({ value: madeBy.safeParse(value).data ?? null });
  const read = readRunJson(runPaths(dir).plan, check, planBytes);
  return read.state === 'read' ? read.value : null;
}
