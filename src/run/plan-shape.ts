// Whether a plan.json is a plan: what commands read of it is there, in its kind. Plans of every earlier version pass.
import { z } from 'zod';
import type { Plan } from './plan.ts';
import { lastMs, runName } from './record.ts';

const count = z.number().int().nonnegative();
const counts = z.record(z.string(), count);
const settings = z.record(z.string(), z.unknown());
const text = z.string();
const orNull = <T extends z.ZodType>(type: T) => type.nullable();

const split = z.looseObject({
  file: text,
  sha256: text,
  rows: count,
  sequences: count.optional(),
  tokens: count,
  trained_tokens: count,
  distinct_rows: count.optional(),
  fingerprint: text,
});

const template = z.looseObject({
  kind: text,
  sha256: text,
  kwargs: settings.optional(),
  date: text.optional(),
});

const source = z.looseObject({
  setting: text,
  role: z.enum(['train', 'validation']),
  path: text,
  files: z.array(text),
  first_row: count,
  format: text,
  template: text,
  weight: z.number(),
  limit: count.optional(),
  rows_in: count,
  train: count,
  validation: count,
  dropped: counts,
  fed: z.looseObject({ rows: count, tokens: count, trained_tokens: count }),
});

const gate = z.looseObject({
  min_rows: count,
  max_defect_rate: z.number(),
  rows_read: count,
  defects: count,
  bound: orNull(z.number()),
  reviewers: z.array(text),
  uncovered_rows: count,
  more_clean: orNull(count),
  logs: z.array(z.looseObject({ path: text, rows_read: count, defects: count, passed: z.boolean() })),
  lost: z.array(text).optional(),
  next: text,
});

const memory = z.looseObject({
  total_bytes: z.number(),
  low_bytes: z.number().optional(),
  high_bytes: z.number().optional(),
  calibrated: z.looseObject({ runs: count, ladders: count.optional(), factor: z.number() }).optional(),
  components: z.record(text, z.number()),
  gpu: z.looseObject({ name: text, bytes: z.number() }).optional(),
  verdict: text.optional(),
  largest_batch: z.number().optional(),
  changes: z.array(z.looseObject({ change: text, cost: text, total_bytes: z.number() })).optional(),
});

const time = z.looseObject({
  seconds: orNull(z.number()),
  low_seconds: orNull(z.number()),
  high_seconds: orNull(z.number()),
  tokens: z.number(),
  tokens_per_epoch: z.number(),
  tokens_per_second: orNull(z.number()),
  flops_per_token: orNull(z.number()),
  source: text,
  basis: text,
  runs: count,
  startup_seconds: z.number().optional(),
  price_per_hour: z.number().optional(),
  cost: z.number().optional(),
});

const disk = z.looseObject({
  checkpoint_bytes: z.number(),
  checkpoints: z.number(),
  adapter_bytes: z.number().optional(),
  total_bytes: z.number().optional(),
  merged_bytes: orNull(z.number()).optional(),
  free_bytes: z.number(),
});

const finding = z.looseObject({
  code: text,
  name: text,
  severity: z.enum(['error', 'warning', 'note']),
  message: text,
  hint: text.optional(),
  at: z.looseObject({ file: text }).optional(),
  data: settings.optional(),
});

const plan = z.looseObject({
  lorch: z.literal(1),
  plan_hash: text,
  created_ms: count.max(lastMs),
  lorch_version: text,
  name: runName,
  base_model: z.looseObject({
    id: text,
    path: orNull(text),
    revision: orNull(text),
    architecture: text,
    model_type: text,
    config_sha256: text,
  }),
  init_adapter: z.looseObject({ from: text, mode: z.enum(['continue', 'fuse']), files: settings }).optional(),
  model: z.looseObject({ dtype: text, attn_implementation: text, trust_remote_code: z.boolean() }),
  dataset: z.looseObject({
    files: z.array(z.looseObject({ path: text, bytes: count, sha256: text })),
    format: text,
    fingerprint: text,
    rows_in: count,
    checks: settings.optional(),
    dropped: counts,
    template,
    templates: z.record(text, template).optional(),
    sources: z.array(source).optional(),
    tokenizer_sha256: text,
    train_on: z.union([text, z.array(text)]).optional(),
    truncate: text.optional(),
    prepared_key: text,
    train: split,
    validation: orNull(split),
    lengths: z.looseObject({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
    length_histogram: z.array(z.looseObject({ upto: z.number(), rows: z.number() })).optional(),
    truncated_rows: count,
    lost_eot_rows: count,
    held_out: z.array(z.looseObject({ row: count, messages: z.array(z.looseObject({ role: text })) })),
  }),
  tokenizer: z
    .looseObject({
      init: text,
      added: z.array(z.looseObject({ token: text, id: count })),
      embedding: orNull(z.looseObject({ before: count, after: count })),
    })
    .optional(),
  lora: settings,
  quantization: orNull(settings),
  training: settings,
  evaluation_loss: text.optional(),
  resources: z.looseObject({ launcher: text, gpus: z.number() }),
  forecast: z.looseObject({
    parameters: orNull(
      z.looseObject({ trainable: count, total: count, modules: z.array(z.looseObject({ name: text })) }),
    ),
    steps: z.looseObject({ per_epoch: z.number(), total: z.number() }),
    evaluations: z.number().optional(),
    memory: orNull(memory),
    time: time.optional(),
    disk: orNull(disk),
  }),
  review: z.looseObject({ state: text, reason: orNull(text), gate: gate.optional() }),
  sweep: orNull(z.looseObject({ id: text, index: count, count, values: settings })),
  findings: z.array(finding),
});

/** Checks the content of plan.json: returns it unchanged, or says what is wrong with it. */
export function checkPlan(value: unknown): { value: Plan } | string {
  const parsed = plan.safeParse(value);
  if (parsed.success) return { value: value as Plan };
  const version = (value as { lorch?: unknown } | null)?.lorch;
  if (typeof version === 'number' && version > 1) return 'a later version of lorch wrote it';
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'it'} is not what a plan has there`;
}
