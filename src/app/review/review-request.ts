// Turns the command line into a review request: the files, the reviewer, the limit, and the model.
import { userInfo } from 'node:os';
import { type LoadedRun, loadConfig } from '../../config/load.ts';
import { reviewSection } from '../../config/schema/dataset.ts';
import type { RunConfig } from '../../config/schema/run.ts';
import { findWorkspace } from '../../config/workspace.ts';
import type { FieldMapping } from '../../dataset/formats/field-mapping.ts';
import { quotePath } from '../../diagnostics/quote-path.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { userCacheDir } from '../../python/cache-dir.ts';
import { findPython, locatePython } from '../../python/find-python.ts';
import { chooseDatasetChecks } from '../sources/dataset-checks.ts';
import { readFormat } from '../sources/dataset-sources.ts';
import { configPolicy, type RowPolicy, rowPolicy } from '../tokens/row-policy.ts';
import { type ConfiguredFiles, withConfigSettings } from './config-settings.ts';
import type { ModelRequest } from './model-view.ts';
import type { SessionRequest } from './review-session.ts';
import { reviewedFiles } from './reviewed-files.ts';

export interface ReviewFlags {
  rows?: number;
  reviewer?: string;
  format: string;
  config?: string;
  tokenizer?: string;
  template: 'auto' | 'model' | 'chatml' | 'alpaca';
  python?: string;
}

/** The environment and program of the request. */
export interface ReviewScope {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  now(): number;
  /** Name and version, for the log. */
  tool: string;
  stdin(): Promise<Uint8Array>;
}

/** The request behind every mode of `lorch data review`. Throws UserError V002, V006, D090, C001. */
export async function openReviewRequest(
  scope: ReviewScope,
  patterns: readonly string[],
  flags: ReviewFlags,
): Promise<{
  session: SessionRequest;
  model: ModelRequest | null;
  /** For the next command: the dataset, and the config that it is read with. */
  dataset: string;
}> {
  const { cwd, env } = scope;
  const named = await reviewedFiles(cwd, patterns);
  const run = flags.config ? await readConfig(scope, flags.config) : null;
  const config = run?.config ?? null;
  const root = (await findWorkspace(cwd, env.HOME))?.root ?? cwd;
  const { files, templates } =
    config && flags.format === 'auto'
      ? await withConfigSettings(named, config.dataset, root)
      : { files: named, templates: null };
  // The run's settings also decide which rows there are to read.
  const { checks } = await chooseDatasetChecks({
    cwd,
    home: env.HOME,
    sources: files,
    config: run?.checks ?? null,
  });
  const reviewer = (flags.reviewer ?? env.USER ?? userName()).trim();
  if (reviewer === '' || reviewer.length > 200)
    throw new UserError('V006', 'the reviewer has no name', { hint: 'name the reviewer: --reviewer NAME' });
  const review = config?.dataset.review ?? reviewSection.parse({});
  return {
    session: {
      files,
      checks: checks.settings,
      format:
        flags.format === 'auto'
          ? (config?.dataset.format ?? 'auto')
          : await readFormat({ cwd, format: flags.format }),
      reviewer,
      tool: scope.tool,
      now: scope.now,
      rows: flags.rows ?? review.min_rows,
      what: 'drawn',
      rule: { minRows: review.min_rows, maxDefectRate: review.max_defect_rate },
    },
    model: await modelOf(scope, flags, config, templates),
    dataset: `${patterns.map(quotePath).join(' ')}${flags.config ? ` --config ${quotePath(flags.config)}` : ''}`,
  };
}

/** The account's name; containers may run under a number that has none. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

async function readConfig({ cwd, env, stdin }: ReviewScope, path: string): Promise<LoadedRun> {
  const { configs } = await loadConfig(path, { cwd, env, stdin });
  const [first] = configs;
  if (!first) throw new Error('a checked config has at least one run');
  return first;
}

/** `--tokenizer` overrides the config's model. */
async function modelOf(
  { cwd, env }: ReviewScope,
  flags: ReviewFlags,
  config: RunConfig | null,
  templates: ConfiguredFiles['templates'] | null,
): Promise<ModelRequest | null> {
  const model = flags.tokenizer ?? config?.base_model;
  if (model === undefined) return null;
  const workspace = await findWorkspace(cwd, env.HOME);
  const root = workspace?.root ?? cwd;
  const named = flags.tokenizer !== undefined;
  const cut = config?.training.max_length;
  return {
    model,
    revision: named ? null : (config?.revision ?? null),
    trustRemoteCode: named ? false : (config?.model.trust_remote_code ?? false),
    baseDir: named ? cwd : root,
    policy: await policyOf(flags, named ? null : config, config?.dataset.format ?? flags.format, root),
    ...(!named && templates && templates.size > 0 && { templates }),
    maxLength: typeof cut === 'number' ? cut : null,
    cacheDir: userCacheDir(env),
    env,
    python: () =>
      findPython({
        env,
        need: 'tokenizer',
        ...(flags.python ? { explicit: locatePython(flags.python, cwd, env.HOME) } : {}),
        ...(workspace?.python ? { workspacePython: workspace.python } : {}),
      }),
  };
}

/** The policy of the config; without a config, or with another tokenizer, the default policy of a run. */
async function policyOf(
  flags: ReviewFlags,
  config: RunConfig | null,
  format: string | FieldMapping,
  root: string,
): Promise<RowPolicy> {
  if (config) return await configPolicy(config, root);
  return rowPolicy({ format, template: { kind: flags.template, source: null } });
}
