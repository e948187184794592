// plan.json: everything a run will do, resolved and written out. The trainer reads this and nothing else.
// One schema for writing and reading. Fields that earlier versions did not write are optional.
import { z } from 'zod';
import type { Finding } from '../diagnostics/finding.ts';
import { lastMs, runName } from './record.ts';

const text = z.string();
const count = z.number().int().nonnegative();
const counts = z.record(z.string(), count);
const settings = z.record(z.string(), z.unknown());

/** One split after tokenisation. */
const split = z.object({
  /** Relative to the run folder. */
  file: text,
  /** SHA-256 of the file; the trainer refuses any other file. */
  sha256: text,
  /** What an epoch feeds, including repeats by weight. */
  rows: count,
  /** Before packing. A text that was split has several; absent in plans of earlier versions, if each row is one. */
  sequences: count.optional(),
  tokens: count,
  trained_tokens: count,
  /** Rows in the file, each once; absent if each is fed once. */
  distinct_rows: count.optional(),
  /** Fingerprint over the sorted row fingerprints of this split. */
  fingerprint: text,
});

/** `none`: the rows are plain texts (format text). */
const templateKind = z.enum(['model', 'chatml', 'alpaca', 'file', 'none']);

/** A choice by name, or roles. */
const trainOn = z.union([z.enum(['answers', 'all', 'last']), z.array(text)]);

const truncate = z.enum(['right', 'left', 'drop', 'refuse', 'split']);

/** A field that rows were grouped by before the split. */
const groups = z.object({
  field: text,
  /** Different values. */
  groups: count,
  /** Rows without a value. */
  without: count,
});

/** One entry of `dataset.train` or `dataset.validation`: its settings, and the fate of its rows. */
const source = z.object({
  /** Its path in the config: `dataset.train.1`. */
  setting: text,
  role: z.enum(['train', 'validation']),
  /** The name in the config. */
  path: text,
  /** The files that the path names. */
  files: z.array(text),
  /** Rows are numbered over all sources; this source has the `rows_in` numbers from here on. */
  first_row: count,
  /** Format of its rows: a name, `custom` for a mapping, `mixed` if its files differ. */
  format: text,
  template: text,
  weight: z.number(),
  limit: count.optional(),
  /** Every input row is in exactly one of `train`, `validation` and `dropped`; D208 are rows that the weight skipped. */
  rows_in: count,
  train: count,
  validation: count,
  dropped: counts,
  /** What an epoch feeds from its training rows, including repeats. */
  fed: z.object({ rows: count, tokens: count, trained_tokens: count }),
});

const dataset = z.object({
  files: z.array(z.object({ path: text, bytes: count, sha256: text })),
  format: text,
  fingerprint: text,
  rows_in: count,
  /** Non-default check settings that decide which rows are dropped; absent if there are none. */
  checks: settings.optional(),
  dropped: counts,
  /** The template that inference uses; it is saved with the adapter. */
  template: z.object({
    kind: templateKind,
    sha256: text,
    /** Values of the template's variables (`dataset.template_kwargs`); absent if there are none. */
    kwargs: settings.optional(),
    /** The date that the template used as today (`dataset.template_date`); absent if it wrote no date. */
    date: text.optional(),
  }),
  /** Templates that single sources name, by that name; absent if there are none. */
  templates: z.record(text, z.object({ kind: templateKind, sha256: text })).optional(),
  /** Training sources first; absent in plans of earlier versions. */
  sources: z.array(source).optional(),
  /** What `dataset.validation.group_by` found for each field; absent without it. */
  groups: z.array(groups).optional(),
  tokenizer_sha256: text,
  /** Which tokens have a label; absent in plans of earlier versions: answers. */
  train_on: trainOn.optional(),
  /** What happens to rows longer than max_length; absent in plans of earlier versions: right. */
  truncate: truncate.optional(),
  /** Cache key of the prepared sequences. */
  prepared_key: text,
  train: split,
  validation: split.nullable(),
  /** Percentiles of sequence length in tokens. */
  lengths: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() }),
  /** Rows by length, in bins of equal width that end at `upto`; absent in plans of earlier versions. */
  length_histogram: z.array(z.object({ upto: z.number(), rows: z.number() })).optional(),
  truncated_rows: count,
  lost_eot_rows: count,
  /** Up to 3 held-out rows as conversations, which `lorch try` uses by default. */
  held_out: z.array(
    z.object({
      row: count,
      messages: z.array(z.looseObject({ role: text })),
      tools: z.array(z.unknown()).optional(),
    }),
  ),
});

/** New tokens of a run, and the rows of embedding and head that they need. */
const tokenizer = z.object({
  init: z.enum(['mean', 'pieces', 'zero']),
  pad_to_multiple_of: count.nullable(),
  added: z.array(
    z.object({
      token: text,
      id: count,
      special: z.boolean(),
      /** Ids of its old pieces in the tokenizer. */
      pieces: z.array(count),
      /** Rows that contain it, over all splits. */
      rows: count,
    }),
  ),
  /** Rows of the embedding before and after; equal if the base has enough rows. Null if only the trainer can find out. */
  embedding: z.object({ before: count, after: count }).nullable(),
});

/** The review gate's result for the rows that train and validate. */
const review = z.object({
  /** `unreviewed`: the gate is closed, and `reason` overrides it. */
  state: z.enum(['passed', 'failed', 'missing', 'unreviewed']),
  /** `--unreviewed`; null if not given. */
  reason: text.nullable(),
  /** The gate's rule and figures; absent in plans of versions without a gate. */
  gate: z
    .object({
      min_rows: count,
      max_defect_rate: z.number(),
      rows_read: count,
      defects: count,
      /** The defect rate that is not exceeded (95 %), or the exact one if every row was read; null if none was. */
      bound: z.number().nullable(),
      reviewers: z.array(text),
      /** Rows that no passed review covers. */
      uncovered_rows: count,
      /** Clean rows that would open the gate; null if only reading every row, or a better dataset, would. */
      more_clean: count.nullable(),
      logs: z.array(
        z.object({
          path: text,
          sha256: text,
          dataset: text,
          rows_read: count,
          defects: count,
          bound: z.number(),
          passed: z.boolean(),
        }),
      ),
      /** Parent files whose reviews could not be read, one sentence each; absent if there are none. */
      lost: z.array(text).optional(),
      /** The next command; empty if the gate is open. */
      next: text,
    })
    .optional(),
});

const parameters = z.object({
  trainable: count,
  total: count,
  modules: z.array(
    z.object({
      name: text,
      /** Output and input features (weight shape). */
      out: count,
      in: count,
      trainable: count,
    }),
  ),
});

const fit = z.enum(['fits', 'tight', 'does_not_fit']);

const memory = z.object({
  total_bytes: z.number(),
  /** The band in which the peak is expected; absent in plans of early versions. */
  low_bytes: z.number().optional(),
  high_bytes: z.number().optional(),
  /** What past runs, `ladders` of them calibrations, multiplied the formula by; absent without any. Components stay as the formula says. */
  calibrated: z.object({ runs: count, ladders: count.optional(), factor: z.number() }).optional(),
  components: z.record(text, z.number()),
  /** The GPU that the forecast is compared with, and the verdict; absent without one. */
  gpu: z.object({ name: text, bytes: z.number() }).optional(),
  verdict: fit.optional(),
  /** Rows on the device at once that fit. */
  largest_batch: z.number().optional(),
  /** Changes that would make it fit; those that cost least come first. */
  changes: z
    .array(
      z.object({
        change: text,
        cost: text,
        settings: z.record(text, settings),
        total_bytes: z.number(),
        verdict: fit,
      }),
    )
    .optional(),
});

const disk = z.object({
  /** Of one of them; `checkpoints` of them are kept at most. */
  checkpoint_bytes: z.number(),
  checkpoints: z.number(),
  /** Bytes of the finished adapter; absent, like the total, in plans of earlier versions. */
  adapter_bytes: z.number().optional(),
  /** Checkpoints and adapter. */
  total_bytes: z.number().optional(),
  /** What `lorch merge` would write; null if the architecture is unknown. */
  merged_bytes: z.number().nullable().optional(),
  free_bytes: z.number(),
});

/** Duration of the training loop. Numbers are null if the speed is not known. */
const time = z.object({
  seconds: z.number().nullable(),
  low_seconds: z.number().nullable(),
  high_seconds: z.number().nullable(),
  /** Over all epochs. */
  tokens: z.number(),
  tokens_per_epoch: z.number(),
  tokens_per_second: z.number().nullable(),
  /** Null if the architecture is unknown. */
  flops_per_token: z.number().nullable(),
  source: z.enum(['workspace', 'formula', 'unknown']),
  /** The basis of the forecast, in one sentence. */
  basis: text,
  /** Number of runs and calibrations behind it. */
  runs: count,
  /** From the start of the process to the first step, in this workspace's runs of the base; absent without any. */
  startup_seconds: z.number().optional(),
  /** In the currency of the price. */
  price_per_hour: z.number().optional(),
  cost: z.number().optional(),
});

/** The adapter that a run starts from. Its files are copied to `data/init_adapter` in the run folder. */
const initAdapter = z.object({
  /** The name in the config. */
  from: text,
  /** The same adapter is trained further, or it is fused into the base and a new one trained on top. */
  mode: z.enum(['continue', 'fuse']),
  source: z.enum(['run', 'folder', 'hub']),
  /** Id of the run that made it; null for other sources. */
  run: text.nullable(),
  /** Absolute folder that it was read from; null for other sources. */
  path: text.nullable(),
  /** Commit of a hub repository; null for other sources. */
  revision: text.nullable(),
  /** adapter_config.json and adapter_model.safetensors; the trainer refuses others. */
  files: z.record(text, z.object({ bytes: count, sha256: text })),
  /** The base as adapter_config.json names it; null if it does not say. */
  base_model: text.nullable(),
  base_revision: text.nullable(),
  r: z.number().nullable(),
});

/** As in diagnostics/finding.ts; additional fields of a finding are not checked. */
const finding = z.looseObject({
  code: text,
  name: text,
  severity: z.enum(['error', 'warning', 'note']),
  message: text,
  hint: text.optional(),
  at: z.looseObject({ file: text }).optional(),
  data: settings.optional(),
});

const plan = z.object({
  lorch: z.literal(1),
  /** SHA-256 over everything that decides the outcome (run/plan-hash.ts). */
  plan_hash: text,
  created_ms: count.max(lastMs),
  lorch_version: text,
  name: runName,
  base_model: z.object({
    /** The name in the config. */
    id: text,
    /** Absolute local folder, or null for a hub model that the trainer downloads. */
    path: text.nullable(),
    revision: text.nullable(),
    architecture: text,
    model_type: text,
    /** SHA-256 of config.json. */
    config_sha256: text,
    /** How its weights are stored, if they are stored quantized. */
    stored: z.object({ method: text, bits: z.number().nullable() }).optional(),
  }),
  /** The adapter to start from; absent for a new adapter. */
  init_adapter: initAdapter.optional(),
  /** What is learned; absent in plans of earlier versions: sft. */
  method: text.optional(),
  model: z.object({ dtype: text, attn_implementation: text, trust_remote_code: z.boolean() }),
  dataset,
  /** Absent without new tokens. */
  tokenizer: tokenizer.optional(),
  /** PEFT LoraConfig fields, all of them that lorch sets. */
  lora: settings,
  /** BitsAndBytesConfig fields, or null for no quantization. */
  quantization: settings.nullable(),
  /** SFTConfig fields, all of them that lorch sets, defaults included. */
  training: settings,
  /** How validation losses are averaged; plans of earlier versions have none, and took the mean of batches. */
  evaluation_loss: z.literal('by_token').optional(),
  resources: z.object({
    host: text,
    gpus: z.number(),
    /** Whether the run may use a GPU beside other runs that may, too; absent in plans of earlier versions: no. */
    share_gpu: z.boolean().optional(),
    /** The longest time of an attempt. */
    max_hours: z.number().optional(),
    /** The most an attempt may cost, and the price that it was planned with. */
    max_cost: z.number().optional(),
    price_per_hour: z.number().optional(),
    /** When an attempt has hung; absent in plans of earlier versions: nobody looks. */
    hang_steps: z.number().optional(),
    hang_minutes: z.number().optional(),
  }),
  forecast: z.object({
    parameters: parameters.nullable(),
    /** With early stopping, `total` and `evaluations` are the most there can be. */
    steps: z.object({ per_epoch: z.number(), total: z.number() }),
    /** Evaluations, one before the first step included; absent in plans of earlier versions. */
    evaluations: z.number().optional(),
    memory: memory.nullable(),
    /** Absent in plans of earlier versions. */
    time: time.optional(),
    disk: disk.nullable(),
  }),
  review,
  /** Attempts that lorch starts by itself; absent: none. */
  retry: z
    .object({ attempts: count.positive(), on: z.array(z.enum(['out-of-memory', 'preempted'])) })
    .optional(),
  sweep: z.object({ id: text, index: count, count, values: settings }).nullable(),
  findings: z.array(finding),
});

export type Plan = Omit<z.infer<typeof plan>, 'findings'> & { findings: Finding[] };
export type PlannedSplit = z.infer<typeof split>;
export type TrainOn = z.infer<typeof trainOn>;
export type Truncate = z.infer<typeof truncate>;
export type PlannedSource = z.infer<typeof source>;
export type PlannedTokenizer = z.infer<typeof tokenizer>;
export type PlannedReview = z.infer<typeof review>;
export type PlannedMemory = z.infer<typeof memory>;
export type PlannedDisk = z.infer<typeof disk>;
export type PlannedTime = z.infer<typeof time>;
export type PlannedInitAdapter = z.infer<typeof initAdapter>;

/** The plan in the file, including fields of later versions, or its fault. */
export function checkPlan(value: unknown): { value: Plan } | string {
  const parsed = plan.safeParse(withHost(value));
  if (parsed.success) return { value: withHost(value) as Plan };
  const version = (value as { lorch?: unknown } | null)?.lorch;
  if (typeof version === 'number' && version > 1) return 'a later version of lorch wrote it';
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') || 'it'} is not what a plan has there`;
}

/** Plans of earlier versions name a launcher, which was a host of that name. */
function withHost(value: unknown): unknown {
  const resources = (value as { resources?: { launcher?: unknown } } | null)?.resources;
  if (typeof resources?.launcher !== 'string' || 'host' in resources) return value;
  const { launcher: host, ...rest } = resources;
  return { ...(value as object), resources: { host, ...rest } };
}

/** docs/plan.schema.json. */
export function planJsonSchema(): object {
  return z.toJSONSchema(plan, { io: 'input' });
}
