// Differences between runs in settings and results. Pure arithmetic on plans and recorded results.
import { usualMethod } from '../config/schema/method.ts';
import type { EarlyStop } from './early-stop.ts';
import { flattenSettings } from './flatten.ts';
import type { Plan, PlannedInitAdapter, PlannedTokenizer } from './plan.ts';
import { trainRowsOf, validationRowsOf } from './split-rows.ts';

/** Summary of one metric series of a run. `min`, `max` over its finite points; null if there is none. */
export interface MetricSummary {
  name: string;
  last: number | null;
  last_step: number | null;
  min: number | null;
  min_step: number | null;
  max: number | null;
  max_step: number | null;
  points: number;
}

export interface ComparedRun {
  id: string;
  name: string;
  status: string;
  plan: Plan;
  metrics: MetricSummary[];
  /** As counted by the trainer; null before that. */
  trainable: number | null;
  total: number | null;
  /** Training time over all attempts, ms. */
  duration_ms: number | null;
  /** From time and tokens of the attempts that ended by themselves. */
  trained_tokens_per_second: number | null;
  /** A later attempt resumed the run. */
  resumed: boolean;
  attempts: number;
  allocated_peak_bytes: number | null;
  reserved_peak_bytes: number | null;
  rss_peak_bytes: number | null;
  /** Null if early stopping did not end the run. */
  early_stop: EarlyStop | null;
}

/** Training rows of a run compared with those of the first. */
export interface RowChange {
  added: number;
  removed: number;
}

interface Difference {
  path: string;
  /** One per run, in the order given; undefined if the run has no such setting. */
  values: unknown[];
}

export interface ResultRow {
  name: string;
  unit: 'number' | 'ms' | 'bytes' | 'count';
  values: (number | null)[];
  /** Index of the best value if lower or higher is better, otherwise null. */
  best: number | null;
}

export interface Comparison {
  runs: { id: string; name: string; status: string; sweep: string | null }[];
  config: Difference[];
  dataset: {
    same: boolean;
    fingerprints: string[];
    train_rows: number[];
    /** Counted with their weights. */
    fed_rows: number[];
    validation_rows: number[];
    /** Compared with the first run. */
    added: number[];
    removed: number[];
  };
  /** Whether validation losses can be compared, and if not, why. */
  validation_comparable: boolean;
  not_comparable_because: string[];
  results: ResultRow[];
}

/** Compares two or more runs with the first of them. `changes`: one for each run. */
export function buildComparison(runs: readonly ComparedRun[], changes: readonly RowChange[]): Comparison {
  const reasons = validationReasons(runs);
  // The same rows in another mixture have another loss.
  const sameRows =
    new Set(runs.map(({ plan }) => JSON.stringify([plan.dataset.train.fingerprint, fedBySource(plan)])))
      .size === 1;
  return {
    runs: runs.map((run) => ({
      id: run.id,
      name: run.name,
      status: run.status,
      sweep: run.plan.sweep?.id ?? null,
    })),
    config: differences(runs.map((run) => settingsOf(run.plan))),
    dataset: {
      same: new Set(runs.map((run) => run.plan.dataset.fingerprint)).size === 1,
      fingerprints: runs.map((run) => run.plan.dataset.fingerprint),
      train_rows: runs.map(({ plan }) => trainRowsOf(plan)),
      fed_rows: runs.map((run) => run.plan.dataset.train.rows),
      validation_rows: runs.map(({ plan }) => validationRowsOf(plan)),
      added: changes.map(({ added }) => added),
      removed: changes.map(({ removed }) => removed),
    },
    validation_comparable: reasons.length === 0,
    not_comparable_because: reasons,
    results: resultRows(runs, reasons.length === 0, sameRows),
  };
}

/** The settings of a plan that a person chose, and those that follow from them. */
function settingsOf(plan: Plan): Record<string, unknown> {
  // The name identifies a run and is not a setting.
  const { run_name: _name, ...training } = plan.training;
  return flattenSettings({
    method: plan.method ?? usualMethod,
    base_model: { id: plan.base_model.id, revision: plan.base_model.revision },
    ...(plan.init_adapter && { init_adapter: initOf(plan.init_adapter) }),
    model: plan.model,
    dataset: {
      files: plan.dataset.files.map((file) => file.path),
      format: plan.dataset.format,
      template: templateName(plan.dataset.template),
      ...(plan.dataset.template.kwargs && { template_kwargs: plan.dataset.template.kwargs }),
      ...(plan.dataset.template.date && { template_date: plan.dataset.template.date }),
      train_on: plan.dataset.train_on ?? 'answers',
      truncate: plan.dataset.truncate ?? 'right',
      ...mixOf(plan),
    },
    ...(plan.tokenizer ? { tokenizer: describeTokens(plan.tokenizer) } : {}),
    lora: plan.lora,
    ...(plan.quantization ? { quantization: plan.quantization } : {}),
    training,
    resources: plan.resources,
  });
}

/** Identifies a file by its content, because two files may have the same name. */
function templateName({ kind, sha256 }: Plan['dataset']['template']): string {
  return kind === 'file' ? `file ${sha256.slice(0, 12)}` : kind;
}

/** New tokens as a person wrote them. */
function describeTokens({ added, init, pad_to_multiple_of }: PlannedTokenizer): Record<string, unknown> {
  return { added: added.map(({ token }) => token), init, pad_to_multiple_of };
}

/** A unique name for an adapter: the id of a run, or a hub name with its commit. */
function initOf({ from, mode, run, revision, files }: PlannedInitAdapter): Record<string, unknown> {
  return {
    from: run ?? (revision ? `${from.replace(/@.*/, '')}@${revision}` : from),
    mode,
    sha256: files['adapter_model.safetensors']?.sha256,
  };
}

/** Weights and templates of sources that differ from the defaults. */
function mixOf({ dataset }: Plan): Record<string, Record<string, unknown>> {
  const sources = dataset.sources ?? [];
  const weighted = sources.filter(({ weight }) => weight !== 1);
  const named = sources.filter(({ template }) => dataset.templates?.[template] !== undefined);
  return {
    ...(weighted.length > 0 && { weights: Object.fromEntries(weighted.map((s) => [s.path, s.weight])) }),
    ...(named.length > 0 && { templates: Object.fromEntries(named.map((s) => [s.path, s.template])) }),
  };
}

/** Paths whose values are not the same in all. */
function differences(settings: readonly Record<string, unknown>[]): Difference[] {
  const paths = [...new Set(settings.flatMap((each) => Object.keys(each)))].sort();
  return paths
    .map((path) => ({ path, values: settings.map((each) => each[path]) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

function fedBySource({ dataset }: Plan): number[] {
  if (dataset.train.distinct_rows === undefined) return [];
  return (dataset.sources ?? []).map(({ fed }) => fed.rows);
}

function validationReasons(runs: readonly ComparedRun[]): string[] {
  const differs = (pick: (run: ComparedRun) => unknown) => new Set(runs.map(pick)).size > 1;
  const reasons: string[] = [];
  if (differs(({ plan }) => plan.method ?? usualMethod)) reasons.push('the method differs');
  if (runs.some((run) => run.plan.dataset.validation === null)) reasons.push('a run has no validation rows');
  else if (differs((run) => run.plan.dataset.validation?.fingerprint)) reasons.push('validation rows differ');
  if (differs((run) => JSON.stringify(validationTemplates(run.plan))))
    reasons.push('the chat template differs');
  if (differs((run) => run.plan.dataset.tokenizer_sha256)) reasons.push('the tokenizer differs');
  if (differs(({ plan }) => JSON.stringify(plan.dataset.train_on ?? 'answers')))
    reasons.push('train_on differs');
  if (differs((run) => run.plan.training.max_length)) reasons.push('max_length differs');
  else if (differs(({ plan }) => plan.dataset.truncate ?? 'right')) reasons.push('truncate differs');
  if (differs((run) => run.plan.evaluation_loss))
    reasons.push('a run of an earlier version averaged the loss over batches, not tokens');
  // A loss averaged over batches depends on how rows are batched.
  if (runs.some((run) => run.plan.evaluation_loss === undefined)) {
    if (differs((run) => run.plan.training.per_device_eval_batch_size))
      reasons.push('the evaluation batch size differs');
    if (differs((run) => run.plan.training.eval_packing)) reasons.push('eval_packing differs');
  }
  return reasons;
}

/** Hashes of the templates of validation rows. */
function validationTemplates({ dataset }: Plan): string[] {
  const used = (dataset.sources ?? []).filter(({ validation }) => validation > 0);
  const own = dataset.template.sha256 + JSON.stringify(dataset.template.kwargs ?? {});
  const hashes = used.map(({ template }) => dataset.templates?.[template]?.sha256 ?? own);
  if (dataset.template.date) hashes.push(dataset.template.date);
  return hashes.length === 0 ? [own] : [...new Set(hashes)].sort();
}

function resultRows(
  runs: readonly ComparedRun[],
  validationComparable: boolean,
  sameRows: boolean,
): ResultRow[] {
  const metric = (run: ComparedRun, name: string) => run.metrics.find((each) => each.name === name);
  const row = (
    name: string,
    unit: ResultRow['unit'],
    pick: (run: ComparedRun) => number | null | undefined,
    better: 'lower' | 'higher' | null,
    eligible: (run: ComparedRun) => boolean = isSound,
  ): ResultRow => {
    const values = runs.map((run) => pick(run) ?? null);
    const counted = values.map((value, i) => (eligible(runs[i] as ComparedRun) ? value : null));
    return { name, unit, values, best: better ? bestOf(counted, better) : null };
  };
  const rows = [
    row(
      'trainable parameters',
      'count',
      (run) => run.trainable ?? run.plan.forecast.parameters?.trainable,
      null,
    ),
    row('total parameters', 'count', (run) => run.total ?? run.plan.forecast.parameters?.total, null),
    row('train loss, last', 'number', (run) => metric(run, 'loss')?.last, sameRows ? 'lower' : null),
    row('train loss, lowest', 'number', (run) => metric(run, 'loss')?.min, sameRows ? 'lower' : null),
    row(
      'validation loss, last',
      'number',
      (run) => metric(run, 'eval_loss')?.last,
      validationComparable ? 'lower' : null,
    ),
    row(
      'validation loss, best',
      'number',
      (run) => metric(run, 'eval_loss')?.min,
      validationComparable ? 'lower' : null,
    ),
    row('best at step', 'count', (run) => metric(run, 'eval_loss')?.min_step, null),
    row('stopped early at step', 'count', (run) => run.early_stop?.step, null),
    row('steps', 'count', (run) => metric(run, 'loss')?.last_step, null),
    row('attempts', 'count', (run) => (runs.some(({ resumed }) => resumed) ? run.attempts : null), null),
    row('training time', 'ms', (run) => run.duration_ms, 'lower', isOneGo),
    row('trained tokens/s', 'number', (run) => run.trained_tokens_per_second, 'higher', isOneGo),
    row('GPU memory peak, allocated', 'bytes', (run) => run.allocated_peak_bytes, 'lower', isDone),
    row('GPU memory peak, reserved', 'bytes', (run) => run.reserved_peak_bytes, 'lower', isDone),
    row('process memory peak', 'bytes', (run) => run.rss_peak_bytes, 'lower', isDone),
  ];
  return rows.filter((each) => each.values.some((value) => value !== null));
}

/** A failed run is never marked as best. */
function isSound({ status }: ComparedRun): boolean {
  return status !== 'failed' && status !== 'lost';
}

function isDone({ status }: ComparedRun): boolean {
  return status === 'succeeded';
}

/** Whether the time of a run covers all its work exactly once. */
function isOneGo(run: ComparedRun): boolean {
  return isDone(run) && !run.resumed;
}

function bestOf(values: readonly (number | null)[], better: 'lower' | 'higher'): number | null {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (finite.length < 2 || new Set(finite).size === 1) return null;
  return values.indexOf(better === 'lower' ? Math.min(...finite) : Math.max(...finite));
}
