// plan.json: everything a run will do, resolved and written out. The trainer reads this and nothing else.
import type { Finding } from '../diagnostics/finding.ts';

/** One split after tokenisation. `file` is relative to the run folder. */
export interface PlannedSplit {
  file: string;
  /** SHA-256 of the file; the trainer refuses another. */
  sha256: string;
  /** What an epoch feeds: rows count as often as the weight of their source says. */
  rows: number;
  /** Before packing. A text that was split has several; absent in plans of earlier versions, where each row is one. */
  sequences?: number;
  tokens: number;
  trained_tokens: number;
  /** Rows in the file, each once; absent if each is fed once. */
  distinct_rows?: number;
  /** Fingerprint over the sorted row fingerprints of this split. */
  fingerprint: string;
}

/** `dataset.train_on`: a choice by name, or roles. */
export type TrainOn = 'answers' | 'all' | 'last' | string[];

/** `dataset.truncate`. */
export type Truncate = 'right' | 'left' | 'drop' | 'refuse' | 'split';

/** A field that rows were grouped by before the split. */
export interface PlannedGroups {
  field: string;
  /** Different values. */
  groups: number;
  /** Rows without a value. */
  without: number;
}

/** One entry of `dataset.train` or `dataset.validation`: its settings, and what became of its rows. */
export interface PlannedSource {
  /** Its path in the config: `dataset.train.1`. */
  setting: string;
  role: 'train' | 'validation';
  /** As the config names it. */
  path: string;
  /** The files that the path stands for. */
  files: string[];
  /** Rows are numbered over all sources; its own are the `rows_in` numbers from here on. */
  first_row: number;
  /** What its rows were read as: a format, `custom` for a mapping, `mixed` if its files differ. */
  format: string;
  template: string;
  weight: number;
  limit?: number;
  /** Every input row is in exactly one of `train`, `validation` and `dropped`; D208 are rows that the weight left out. */
  rows_in: number;
  train: number;
  validation: number;
  dropped: Record<string, number>;
  /** What an epoch feeds of its training rows, repeats included. */
  fed: { rows: number; tokens: number; trained_tokens: number };
}

export interface PlannedModule {
  name: string;
  /** Output and input features (weight shape). */
  out: number;
  in: number;
  trainable: number;
}

/** New tokens of a run, and the rows of embedding and head that they need. */
export interface PlannedTokenizer {
  init: 'mean' | 'pieces' | 'zero';
  pad_to_multiple_of: number | null;
  added: {
    token: string;
    id: number;
    special: boolean;
    /** Ids that the tokenizer wrote it in before. */
    pieces: number[];
    /** Rows that contain it, over all splits. */
    rows: number;
  }[];
  /** Rows of the embedding; equal where the base has rows to spare. Null if the trainer finds out. */
  embedding: { before: number; after: number } | null;
}

/** What the review gate said of the rows that train and validate. */
export interface PlannedReview {
  /** `unreviewed`: the gate did not open and `reason` passes it by. */
  state: 'passed' | 'failed' | 'missing' | 'unreviewed';
  /** `--unreviewed`; null where nothing was said. */
  reason: string | null;
  /** What the gate asked and found; absent in plans of versions that had no gate. */
  gate?: {
    min_rows: number;
    max_defect_rate: number;
    rows_read: number;
    defects: number;
    /** The defect rate that is not exceeded (95 %), or the exact one where every row was read; null where none was. */
    bound: number | null;
    reviewers: string[];
    /** Rows that no passed review covers. */
    uncovered_rows: number;
    /** Clean rows that would open the gate; null where only reading every row, or a better dataset, would. */
    more_clean: number | null;
    logs: {
      path: string;
      sha256: string;
      dataset: string;
      rows_read: number;
      defects: number;
      bound: number;
      passed: boolean;
    }[];
    /** Files that the dataset was made of and that could not be asked, one sentence each; absent where there is none. */
    lost?: string[];
    /** What to type next; empty where the gate is open. */
    next: string;
  };
}

export interface PlannedMemory {
  total_bytes: number;
  /** The band in which the peak is expected; absent in plans of early versions. */
  low_bytes?: number;
  high_bytes?: number;
  /** What past runs, `ladders` of them calibrations, multiplied the formula by; absent without any. Components stay as the formula says. */
  calibrated?: { runs: number; ladders?: number; factor: number };
  components: Record<string, number>;
  /** The GPU that the forecast is held against, and how it stands; absent without one. */
  gpu?: { name: string; bytes: number };
  verdict?: 'fits' | 'tight' | 'does_not_fit';
  /** Rows on the device at once that fit. */
  largest_batch?: number;
  /** What would make it fit, the cheapest first. */
  changes?: {
    change: string;
    cost: string;
    settings: Record<string, Record<string, unknown>>;
    total_bytes: number;
    verdict: 'fits' | 'tight' | 'does_not_fit';
  }[];
}

export interface PlannedDisk {
  /** Of one of them; `checkpoints` of them lie there at most. */
  checkpoint_bytes: number;
  checkpoints: number;
  /** Of the finished adapter; absent, as is the total, in plans of earlier versions. */
  adapter_bytes?: number;
  /** Checkpoints and adapter. */
  total_bytes?: number;
  /** What `lorch merge` would write; null where the architecture is unknown. */
  merged_bytes?: number | null;
  free_bytes: number;
}

/** How long the training loop will take. Null numbers: nothing told the speed. */
export interface PlannedTime {
  seconds: number | null;
  low_seconds: number | null;
  high_seconds: number | null;
  /** Over all epochs. */
  tokens: number;
  tokens_per_epoch: number;
  tokens_per_second: number | null;
  /** Null where the architecture is unknown. */
  flops_per_token: number | null;
  source: 'workspace' | 'formula' | 'unknown';
  /** What the forecast rests on, one sentence. */
  basis: string;
  /** Runs and calibrations it rests on. */
  runs: number;
  /** From the start of the process to the first step, as runs of this base here took; absent without any. */
  startup_seconds?: number;
  /** In whatever currency the price was given. */
  price_per_hour?: number;
  cost?: number;
}

/** The adapter that a run begins with. Its files are copied to `data/init_adapter` in the run folder. */
export interface PlannedInitAdapter {
  /** As the config names it. */
  from: string;
  /** The same adapter is trained further, or it is fused into the base and a new one trained on top. */
  mode: 'continue' | 'fuse';
  source: 'run' | 'folder' | 'hub';
  /** Id of the run that made it; null for other sources. */
  run: string | null;
  /** Absolute folder that it was read from; null for other sources. */
  path: string | null;
  /** Commit of a hub repository; null for other sources. */
  revision: string | null;
  /** adapter_config.json and adapter_model.safetensors; the trainer refuses others. */
  files: Record<string, { bytes: number; sha256: string }>;
  /** The base as adapter_config.json names it; null if it does not say. */
  base_model: string | null;
  base_revision: string | null;
  r: number | null;
}

export interface Plan {
  lorch: 1;
  /** What decides the outcome, as one SHA-256 (run/plan-hash.ts). */
  plan_hash: string;
  created_ms: number;
  lorch_version: string;
  name: string;
  base_model: {
    /** As the config names it. */
    id: string;
    /** Absolute local folder, or null for a hub model that the trainer downloads. */
    path: string | null;
    revision: string | null;
    architecture: string;
    model_type: string;
    /** SHA-256 of config.json. */
    config_sha256: string;
    /** How its weights are stored, where they are stored quantized. */
    stored?: { method: string; bits: number | null };
  };
  /** Absent in a plan that begins with a new adapter. */
  init_adapter?: PlannedInitAdapter;
  model: { dtype: string; attn_implementation: string; trust_remote_code: boolean };
  dataset: {
    files: { path: string; bytes: number; sha256: string }[];
    format: string;
    fingerprint: string;
    rows_in: number;
    /** Check settings other than the defaults that decide which rows leave; absent where there are none. */
    checks?: Record<string, unknown>;
    dropped: Record<string, number>;
    /** The template that inference uses; it is saved with the adapter. */
    template: {
      /** `none`: the rows are plain texts (format text). */
      kind: 'model' | 'chatml' | 'alpaca' | 'file' | 'none';
      sha256: string;
      /** Values of the template's variables (`dataset.template_kwargs`); absent if there are none. */
      kwargs?: Record<string, unknown>;
      /** The day that the template took for today (`dataset.template_date`); absent if it wrote no date. */
      date?: string;
    };
    /** Templates that single sources name, by that name; absent if there are none. */
    templates?: Record<string, { kind: 'model' | 'chatml' | 'alpaca' | 'file' | 'none'; sha256: string }>;
    /** Training sources first; absent in plans of earlier versions. */
    sources?: PlannedSource[];
    /** What `dataset.validation.group_by` found of each field; absent without. */
    groups?: PlannedGroups[];
    tokenizer_sha256: string;
    /** Which tokens have a label, and what happens to rows longer than max_length; absent in plans of earlier versions: answers, right. */
    train_on?: TrainOn;
    truncate?: Truncate;
    /** Cache key of the prepared sequences. */
    prepared_key: string;
    train: PlannedSplit;
    validation: PlannedSplit | null;
    /** Percentiles of sequence length in tokens. */
    lengths: { p50: number; p90: number; p99: number; max: number };
    /** Rows by length, in bins of equal width that end at `upto`; absent in plans of earlier versions. */
    length_histogram?: { upto: number; rows: number }[];
    truncated_rows: number;
    lost_eot_rows: number;
    /** Up to 3 held-out rows as conversations, which `lorch try` uses by default. */
    held_out: { row: number; messages: unknown[]; tools?: unknown[] }[];
  };
  /** Absent without new tokens. */
  tokenizer?: PlannedTokenizer;
  /** PEFT LoraConfig fields, all of them that lorch sets. */
  lora: Record<string, unknown>;
  /** BitsAndBytesConfig fields, or null for no quantization. */
  quantization: Record<string, unknown> | null;
  /** SFTConfig fields, all of them that lorch sets, defaults included. */
  training: Record<string, unknown>;
  /** How validation losses are averaged; plans of earlier versions have none, and took the mean of batches. */
  evaluation_loss?: 'by_token';
  resources: { launcher: 'local'; gpus: number };
  forecast: {
    parameters: { trainable: number; total: number; modules: PlannedModule[] } | null;
    /** With early stopping, `total` and `evaluations` are the most there can be. */
    steps: { per_epoch: number; total: number };
    /** Evaluations, one before the first step included; absent in plans of earlier versions. */
    evaluations?: number;
    memory: PlannedMemory | null;
    /** Absent in plans of earlier versions. */
    time?: PlannedTime;
    disk: PlannedDisk | null;
  };
  review: PlannedReview;
  sweep: { id: string; index: number; count: number; values: Record<string, unknown> } | null;
  findings: Finding[];
}
