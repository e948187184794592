// A plan and a record as small as they can be, for tests of what comes after planning.
import type { Plan } from '../../src/run/plan.ts';
import type { RunRecord } from '../../src/run/record.ts';

const split = {
  file: 'data/train.safetensors',
  sha256: 'aa',
  rows: 4,
  tokens: 120,
  trained_tokens: 40,
  fingerprint: 'ff',
};

/** A complete plan. */
export function samplePlan(name: string, changes: Partial<Plan> = {}): Plan {
  return {
    lorch: 1,
    plan_hash: `hash-${name}`,
    created_ms: 1_790_000_000_000,
    lorch_version: '0.1.0',
    name,
    base_model: {
      id: 'tiny/llama',
      path: null,
      revision: null,
      architecture: 'LlamaForCausalLM',
      model_type: 'llama',
      config_sha256: 'cc',
    },
    model: { dtype: 'float32', attn_implementation: 'sdpa', trust_remote_code: false },
    dataset: {
      files: [{ path: 'datasets/a.jsonl', bytes: 10, sha256: 'dd' }],
      format: 'alpaca',
      fingerprint: 'fingerprint',
      rows_in: 4,
      dropped: {},
      template: { kind: 'chatml', sha256: 'tt' },
      tokenizer_sha256: 'kk',
      prepared_key: 'pp',
      train: split,
      validation: null,
      lengths: { p50: 30, p90: 30, p99: 30, max: 30 },
      truncated_rows: 0,
      lost_eot_rows: 0,
      held_out: [],
    },
    lora: { r: 8, lora_alpha: 16, target_modules: ['q_proj', 'v_proj'] },
    quantization: null,
    training: { learning_rate: 2e-4, num_train_epochs: 1, max_length: 64 },
    resources: { host: 'local', gpus: 0 },
    forecast: { parameters: null, steps: { per_epoch: 3, total: 3 }, memory: null, disk: null },
    review: { state: 'unreviewed', reason: 'a test' },
    sweep: null,
    findings: [],
    ...changes,
  };
}

/** The run.json of a run with this id. */
export function sampleRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    lorch: 1,
    id,
    name: id,
    created_ms: 1_790_000_000_000,
    tags: [],
    notes: '',
    unreviewed: 'a test',
    cancelled_ms: null,
    ...changes,
  };
}
