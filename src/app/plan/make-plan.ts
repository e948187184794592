// From a config to plans: reads, checks, tokenises and counts everything, and starts nothing.
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { WrittenChecks } from '../../config/check-file.ts';
import { type LoadedRun, loadConfig } from '../../config/load.ts';
import { type RenderedConfig, renderConfig } from '../../config/render/index.ts';
import type { RunConfig } from '../../config/schema/run.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import { quantizationAsLoaded, readStoredQuantization } from '../../model/stored-quantization.ts';
import type { PythonEnv } from '../../python/environment.ts';
import type { TrainerProgress } from '../../python/run-trainer.ts';
import { acceptFindings } from '../../run/accept.ts';
import { adviseOn } from '../../run/advice/index.ts';
import type { Plan, PlannedReview } from '../../run/plan.ts';
import { hashPlan } from '../../run/plan-hash.ts';
import type { Store } from '../../store/open-store.ts';
import { trainerCodes } from '../codes/trainer-codes.ts';
import { keepTemporary } from '../files/temporary-files.ts';
import { findMachine, type Machine } from '../forecast/find-machine.ts';
import { forecastRun } from '../forecast/forecast-run.ts';
import { indexReview } from '../review/index-reviews.ts';
import type { CacheVersion } from '../tokens/cache-version.ts';
import { type Prepared, type PrepareSpec, prepareSequences } from '../tokens/prepare-sequences.ts';
import { readLengths } from '../tokens/read-lengths.ts';
import { dayOf, readOwnTemplates } from '../tokens/read-template.ts';
import { configPolicy, type RowPolicy } from '../tokens/row-policy.ts';
import { tokenizerIdentity } from '../tokens/tokenizer-identity.ts';
import { accountRows } from './account-rows.ts';
import { adviceFacts } from './advice-facts.ts';
import { checkAccept } from './check-accept.ts';
import { checkBudgets, withPrice } from './check-budgets.ts';
import { checkHosts } from './check-hosts.ts';
import { checkPackages } from './check-packages.ts';
import { checkVocabulary } from './check-vocabulary.ts';
import { findIdleRates } from './idle-rates.ts';
import { type LengthBin, lengthHistogram } from './length-histogram.ts';
import { summarisePrepared, summariseScan, unreadDate, validationFindings } from './plan-findings.ts';
import { planInitAdapter } from './plan-init-adapter.ts';
import { type GateRequest, reviewFindings, reviewOfPlan } from './plan-review.ts';
import { planTokens } from './plan-tokens.ts';
import type { PlannedRun } from './planned-run.ts';
import { modelSpec, resolveBase } from './resolve-base.ts';
import { type ScannedConfig, type ScanScope, scanConfig } from './scan-config.ts';
import { scheduleFindings } from './schedule-findings.ts';
import { emptySources } from './source-findings.ts';

export interface PlanRequest {
  /** Root for dataset and model paths, and the folder with the run folders. */
  workspace: {
    /** Hosts that lorch.yaml names. */
    hostNames: readonly string[];
    root: string;
    runsDir: string;
    cacheDir: string;
    checks: WrittenChecks | null;
    store: Store;
  };
  /** Price of the device, in any currency; null if not given. */
  pricePerHour: number | null;
  /** Absolute, or `-` for stdin. */
  configPath: string;
  overrides: readonly string[];
  /** `--unreviewed`: why no person has reviewed the rows; null if not given. */
  unreviewed: string | null;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  stdin?: () => Promise<Uint8Array>;
  lorchVersion: string;
  now: number;
  /** A GPU of the table to plan for; by default this machine's. */
  gpu?: string;
  /** The cache version of the sequences that `python` makes. */
  cacheVersion(): Promise<CacheVersion>;
  /** Asked for only if something must be tokenised. */
  python(): Promise<PythonEnv>;
  onProgress(progress: TrainerProgress): void;
  signal?: AbortSignal;
}

export interface MadePlans {
  plans: PlannedRun[];
  /** Removes the working folder; run folders keep the files that they linked. */
  dispose(): Promise<void>;
}

/** One plan, or one for each run of a sweep. Throws UserError C001, P002, P003, V004, V005, M0xx, T0xx and errors from Python. */
export async function makePlans(request: PlanRequest): Promise<MadePlans> {
  const { configs } = await loadConfig(request.configPath, request);
  await checkAccept(configs.flatMap(({ accept }) => accept ?? []));
  checkHosts(configs, request.workspace.hostNames);
  checkBudgets(configs, request.pricePerHour);
  const machine = await findMachine(request.gpu, request.env);
  const work = join(request.workspace.runsDir, `.plan-${randomUUID().slice(0, 8)}`);
  const release = keepTemporary(work);
  await mkdir(work, { recursive: true, mode: 0o700 });
  const dispose = async (): Promise<void> => {
    await rm(work, { recursive: true, force: true });
    release();
  };
  try {
    const scans = new Map<string, Promise<ScannedConfig>>();
    const gates = new Map<string, Promise<PlannedReview>>();
    const plans: PlannedRun[] = [];
    for (const [index, loaded] of configs.entries()) {
      // Runs of a sweep mostly share their rows, so those are read once.
      const key = JSON.stringify(loaded.config.dataset);
      const scan =
        scans.get(key) ??
        scanConfig(
          scanScope(request),
          loaded.config.dataset,
          join(work, `scan-${scans.size}`),
          loaded.checks,
        );
      scans.set(key, scan);
      const scanned = await scan;
      const ledgerPath = join(work, `ledger-${index}.jsonl.gz`);
      // The same rows are judged once, too; runs of a sweep may differ in the rows that the tokenisation drops.
      const askOnce = (fingerprint: string): Promise<PlannedReview> => {
        const known = `${key} ${fingerprint}`;
        const asked =
          gates.get(known) ?? reviewOfPlan(gateRequest(request), loaded.config.dataset, scanned, ledgerPath);
        gates.set(known, asked);
        return asked;
      };
      plans.push(await makePlan(request, loaded, machine, scanned, ledgerPath, askOnce));
    }
    const accepted = acceptFindings(
      plans.map(({ plan }, i) => ({ findings: plan.findings, accept: configs[i]?.config.accept ?? {} })),
    );
    for (const [i, { plan }] of plans.entries()) plan.findings = accepted[i] ?? plan.findings;
    await indexLogs(request.workspace, plans);
    return { plans, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

// What a plan has just read of reviews is what the index should say.
async function indexLogs(
  { store, root }: PlanRequest['workspace'],
  plans: readonly PlannedRun[],
): Promise<void> {
  const logs = new Set(plans.flatMap(({ plan }) => plan.review.gate?.logs.map(({ path }) => path) ?? []));
  for (const log of logs) await indexReview(store, root, resolve(root, log));
}

function scanScope({ workspace, env, onProgress, signal }: PlanRequest): ScanScope {
  const { root, cacheDir, checks } = workspace;
  return { root, cacheDir, checks, env, onProgress, signal };
}

function gateRequest({ configPath, cwd, unreviewed, onProgress }: PlanRequest): GateRequest {
  return {
    config: configPath === '-' ? null : resolve(cwd, configPath),
    reason: unreviewed,
    cwd,
    onProgress: (rows) => onProgress({ label: 'comparing with the review', done: rows, total: null }),
  };
}

async function makePlan(
  request: PlanRequest,
  loaded: LoadedRun,
  machine: Machine,
  scan: ScannedConfig,
  ledgerPath: string,
  askGate: (fingerprint: string) => Promise<PlannedReview>,
): Promise<PlannedRun> {
  const { sweep } = loaded;
  const base = await resolveBase(loaded.config, request);
  const start = await planInitAdapter(request, loaded, base);
  const config = start?.config ?? loaded.config;
  const { rendered, findings: machineFindings } = renderConfig(config, machine);
  const stored = readStoredQuantization(base.config);
  const policy = await configPolicy(config, request.workspace.root);
  const { key, dir, prepared } = await prepare(request, config, policy, base, rendered.tokenizer, scan);
  const { tokenizer, reading, lora } = planTokens(rendered, base.reading, prepared);
  const quantization = quantizationAsLoaded(base.config, rendered.quantization);
  const held = { ...rendered, lora, quantization };
  const names = new Map((await trainerCodes()).map(({ code, name }) => [code, name]));
  const { ledger, train, validation, sources } = await accountRows({
    scan,
    prepared,
    preparedDir: dir,
    ledgerPath,
    template: config.dataset.template,
    fate: { onError: config.dataset.on_error, truncate: policy.truncate },
    names,
  });
  const {
    forecast,
    findings: forecastFindings,
    unquantized,
  } = await forecastRun({
    model: reading,
    newTokens: tokenizer,
    base: modelSpec(config, base),
    rendered: held,
    python: request.python,
    ...(request.signal ? { signal: request.signal } : {}),
    prepared,
    preparedDir: dir,
    initAdapter: start?.planned ?? null,
    runsDir: request.workspace.runsDir,
    store: request.workspace.store,
    gpu: machine.gpu,
    pricePerHour: request.pricePerHour,
  });
  const facts = await adviceFacts({
    rendered: held,
    base,
    env: request.env,
    forecast,
    // A base that is stored quantized exists only in that form.
    unquantized: rendered.quantization && unquantized,
    prepared,
    preparedDir: dir,
    sharedPrompts: scan.sharedPrompts,
    validates: config.dataset.validation !== undefined,
    sources,
  });
  const review = await askGate(ledger.fingerprint);
  const unprepared = new Set(prepared.dropped.map(({ row }) => row));
  const plan: Omit<Plan, 'plan_hash'> = {
    lorch: 1,
    created_ms: request.now,
    lorch_version: request.lorchVersion,
    name: config.name,
    base_model: {
      id: config.base_model,
      path: base.path,
      revision: base.revision,
      architecture: base.reading.known ? base.reading.facts.architecture : base.reading.architecture,
      model_type: base.reading.known ? base.reading.facts.modelType : base.reading.modelType,
      config_sha256: base.configSha256,
      ...(stored && { stored: { method: stored.method, bits: stored.bits } }),
    },
    ...(start && { init_adapter: start.planned }),
    method: rendered.method,
    model: rendered.model,
    dataset: {
      files: scan.result.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
      format: scan.result.format.name,
      fingerprint: ledger.fingerprint,
      rows_in: ledger.rowsIn,
      ...(Object.keys(scan.checks).length > 0 && { checks: scan.checks }),
      dropped: ledger.dropped,
      template: {
        ...prepared.template,
        ...(config.dataset.template_kwargs && { kwargs: config.dataset.template_kwargs }),
        ...(prepared.date !== null && { date: prepared.date }),
      },
      ...(Object.keys(prepared.templates ?? {}).length > 0 && { templates: prepared.templates }),
      sources,
      ...(scan.groups.length > 0 && { groups: scan.groups }),
      tokenizer_sha256: prepared.tokenizer_sha256,
      train_on: policy.train_on,
      truncate: policy.truncate,
      prepared_key: key,
      train,
      validation: validation && validation.rows > 0 ? validation : null,
      lengths: prepared.lengths,
      length_histogram: await histogramOf(dir, prepared),
      truncated_rows: prepared.truncated.length,
      lost_eot_rows: prepared.lost_eot.length,
      held_out: scan.heldOut.filter(({ row }) => !unprepared.has(row)),
    },
    ...(tokenizer && { tokenizer }),
    lora,
    quantization: rendered.quantization,
    training: rendered.training,
    evaluation_loss: 'by_token',
    resources: withPrice(rendered.resources, request.pricePerHour),
    forecast,
    review,
    ...(config.retry?.attempts && { retry: config.retry }),
    sweep,
    findings: [
      ...machineFindings,
      ...(start?.findings ?? []),
      ...(await checkPackages(rendered, config.name, request.python)),
      ...findIdleRates(rendered, base.reading, forecast.parameters?.modules, config.name),
      ...summariseScan(scan.findings),
      ...summarisePrepared(prepared, ledger.places, names),
      ...unreadDate(config, prepared),
      ...checkVocabulary(base.reading, prepared, tokenizer),
      ...forecastFindings,
      ...validationFindings(config, validation),
      ...scheduleFindings(rendered.training, forecast.steps, (validation?.rows ?? 0) > 0),
      ...emptySources(sources),
      ...adviseOn(facts),
      ...reviewFindings(review),
    ],
  };
  return {
    plan: { ...plan, plan_hash: hashPlan(plan) },
    configYaml: start?.configYaml ?? loaded.mergedYaml,
    ...(start && { initAdapter: start.files }),
    ledger: ledgerPath,
    prepared: dir,
  };
}

async function prepare(
  request: PlanRequest,
  config: RunConfig,
  policy: RowPolicy,
  base: ResolvedModel,
  tokenizer: RenderedConfig['tokenizer'],
  scan: ScannedConfig,
) {
  const templates = await readOwnTemplates(scan.entries, config.dataset, request.workspace.root);
  const spec: PrepareSpec = {
    model: modelSpec(config, base),
    ...policy,
    ...(templates && { templates }),
    max_length: config.training.max_length === 'none' ? null : config.training.max_length,
    date: policy.date ?? dayOf(request.now),
    splits: scan.examples,
    ...(tokenizer && { tokens: { add: tokenizer.add_tokens, special: tokenizer.add_special_tokens } }),
  };
  return await prepareSequences({
    spec,
    contents: scan.contents,
    tokenizer: await tokenizerIdentity({ id: config.base_model, path: base.path, revision: base.revision }),
    cacheDir: request.workspace.cacheDir,
    cacheVersion: request.cacheVersion,
    python: request.python,
    onProgress: request.onProgress,
    ...(request.signal ? { signal: request.signal } : {}),
  });
}

async function histogramOf(dir: string, { splits }: Prepared): Promise<LengthBin[]> {
  const files = [splits.train, splits.validation].flatMap((split) => (split ? [join(dir, split.file)] : []));
  return lengthHistogram(await Promise.all(files.map(readLengths)));
}
