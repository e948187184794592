// The part of a plan about the adapter that it starts from, and the config that follows from it.
import { resolve } from 'node:path';
import type { LoadedRun } from '../../config/load.ts';
import { renderLora } from '../../config/render/lora.ts';
import { loraSection } from '../../config/schema/lora.ts';
import type { RunConfig } from '../../config/schema/run.ts';
import { disagreement, takeAdapter } from '../../config/take-adapter.ts';
import type { Finding } from '../../diagnostics/finding.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import type { TrainedModule } from '../../model/count-lora.ts';
import type { PythonEnv } from '../../python/environment.ts';
import type { PlannedInitAdapter } from '../../run/plan.ts';
import { checkAdapterBase, checkBaseHash, otherBase } from './check-adapter-base.ts';
import { checkFusible } from './check-fusible.ts';
import { countTrained } from './count-trained.ts';
import { type FindRequest, type FoundAdapter, findInitAdapter } from './find-init-adapter.ts';
import { type ReadAdapter, readInitAdapter } from './read-init-adapter.ts';

export interface StartRequest extends FindRequest {
  python(): Promise<PythonEnv>;
}

export interface PlannedStart {
  planned: PlannedInitAdapter;
  /** With the adapter's settings if the config leaves them out (`mode: continue`). */
  config: RunConfig;
  /** The folder of the two files, and whether hard links to them are enough. */
  files: { dir: string; immutable: boolean };
  configYaml: string;
  findings: Finding[];
}

/**
 * Finds, reads and checks `init_adapter`; null without one. Throws UserError P050–P053, C001 if `lora:` disagrees with
 * the adapter, M0xx and E04x as the base model does.
 */
export async function planInitAdapter(
  request: StartRequest,
  loaded: LoadedRun,
  base: ResolvedModel,
): Promise<PlannedStart | null> {
  const init = loaded.config.init_adapter;
  if (!init) return null;
  const found = await findInitAdapter(init.from, request);
  const adapter = await readInitAdapter(found);
  checkBaseHash(found, base);
  const count = (lora: Record<string, unknown>) => countTrained(request, loaded.config, base, lora);
  const expected = await count(rendered(adapter, found)).catch((error: unknown) => {
    // Targets that match nothing here did match something on the adapter's base.
    if (!(error instanceof UserError) || !/^(M00|M01|R035)/.test(error.code)) throw error;
    if (/trainable_token_indices/.test(error.message))
      throw new UserError(
        'P053',
        `init_adapter: ${found.name} was trained with new tokens, and base_model has no rows for them`,
        {
          hint: 'merge it first (`lorch merge RUN -o merged`), then write `base_model: merged` without init_adapter',
        },
      );
    throw otherBase(found, `${error.code} ${error.message}`, adapter.facts.base_model);
  });
  const findings = checkAdapterBase({
    found,
    adapter,
    expected,
    base,
    config: loaded.config,
    root: request.workspace.root,
  });
  if (init.mode === 'fuse') checkFusible(found, adapter, base, expected);
  const config =
    init.mode === 'fuse' ? loaded.config : await continued(loaded, found, adapter, expected, count);
  return {
    planned: {
      from: init.from,
      mode: init.mode,
      source: found.source,
      run: found.run,
      path: found.source === 'folder' ? resolve(found.dir) : null,
      revision: found.revision,
      files: adapter.files,
      base_model: adapter.facts.base_model,
      base_revision: adapter.facts.base_revision,
      r: adapter.facts.r,
    },
    config,
    files: { dir: found.dir, immutable: found.immutable },
    configYaml: found.run ? loaded.yamlFrom({ from: found.run, mode: init.mode }) : loaded.mergedYaml,
    findings,
  };
}

/** The adapter's own settings as PEFT takes them. */
function rendered({ settings }: ReadAdapter, { name }: FoundAdapter): Record<string, unknown> {
  const parsed = loraSection.safeParse(settings);
  if (parsed.success) return renderLora(parsed.data);
  const [issue] = parsed.error.issues;
  throw new UserError(
    'P052',
    `init_adapter: ${name} has settings that a config cannot have: ${issue?.path.join('.')}: ${issue?.message}`,
    {
      hint: 'save the adapter again with PEFT',
    },
  );
}

/** Merges the config over the adapter's settings; settings that both have must agree. */
async function continued(
  loaded: LoadedRun,
  { name }: FoundAdapter,
  { settings }: ReadAdapter,
  expected: readonly TrainedModule[],
  count: (lora: Record<string, unknown>) => Promise<TrainedModule[]>,
): Promise<RunConfig> {
  const taken = await takeAdapter(loaded.written, settings, name);
  const findings = [...taken.findings];
  // `all-linear` and the list of modules that it matched are the same targets, so compare what would train.
  if (
    taken.config &&
    taken.compare.length > 0 &&
    !sameModules(await count(renderLora(taken.config.lora)), expected)
  )
    findings.push(
      ...taken.compare.map(({ name: key, written, adapter, at }) =>
        disagreement(key, written, adapter, name, at),
      ),
    );
  if (findings.length > 0 || !taken.config)
    throw new UserError('C001', `the config and ${name} disagree`, { findings, exitCode: 2 });
  return taken.config;
}

function sameModules(one: readonly TrainedModule[], other: readonly TrainedModule[]): boolean {
  const listed = (modules: readonly TrainedModule[]) =>
    modules
      .map(({ name, trainable }) => `${name} ${trainable}`)
      .sort()
      .join('\n');
  return listed(one) === listed(other);
}
