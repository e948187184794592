// plan.json: everything a run will do, resolved and written out. The trainer reads this and nothing else.
import type { Finding } from '../diagnostics/finding.ts';

/** One split after tokenisation. `file` is relative to the run folder. */
export interface PlannedSplit {
  file: string;
  /** SHA-256 of the file; the trainer refuses another. */
  sha256: string;
  rows: number;
  tokens: number;
  trained_tokens: number;
  /** Fingerprint over the sorted row fingerprints of this split. */
  fingerprint: string;
}

export interface PlannedModule {
  name: string;
  /** Output and input features (weight shape). */
  out: number;
  in: number;
  trainable: number;
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
  };
  model: { dtype: string; attn_implementation: string; trust_remote_code: boolean };
  dataset: {
    files: { path: string; bytes: number; sha256: string }[];
    format: string;
    fingerprint: string;
    rows_in: number;
    dropped: Record<string, number>;
    template: { kind: 'model' | 'chatml' | 'alpaca' | 'file'; sha256: string };
    tokenizer_sha256: string;
    /** Cache key of the prepared sequences. */
    prepared_key: string;
    train: PlannedSplit;
    validation: PlannedSplit | null;
    /** Percentiles of sequence length in tokens. */
    lengths: { p50: number; p90: number; p99: number; max: number };
    truncated_rows: number;
    lost_eot_rows: number;
    /** Up to 3 held-out rows as conversations, which `lorch try` uses by default. */
    held_out: { row: number; messages: unknown[]; tools?: unknown[] }[];
  };
  /** PEFT LoraConfig fields, all of them that lorch sets. */
  lora: Record<string, unknown>;
  /** BitsAndBytesConfig fields, or null for no quantization. */
  quantization: Record<string, unknown> | null;
  /** SFTConfig fields, all of them that lorch sets, defaults included. */
  training: Record<string, unknown>;
  resources: { launcher: 'local'; gpus: number };
  forecast: {
    parameters: { trainable: number; total: number; modules: PlannedModule[] } | null;
    steps: { per_epoch: number; total: number };
    memory: { total_bytes: number; components: Record<string, number> } | null;
    disk: { checkpoint_bytes: number; checkpoints: number; free_bytes: number } | null;
  };
  review: { state: 'unreviewed'; reason: string | null };
  sweep: { id: string; index: number; count: number; values: Record<string, unknown> } | null;
  findings: Finding[];
}
