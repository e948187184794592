// The protocol between trainer and controller: one JSON object per line in events.jsonl (docs/protocol.md).
import { z } from 'zod';
import { lastMs } from './record.ts';
import { isTooDeep } from './run-file.ts';

/** JSON has no NaN or infinities; the trainer writes them as these strings. */
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
const metrics = z.record(z.string(), number);
const count = z.number().int().nonnegative();
const base = { v: z.literal(1), seq: count, t: count.max(lastMs) };

const event = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('hello'),
    pid: count,
    attempt: count,
    versions: z.record(z.string(), z.string()),
    device: z.object({
      kind: z.enum(['cpu', 'cuda', 'mps']),
      name: z.string(),
      count,
      memory_bytes: count,
      uuids: z.array(z.string()),
    }),
    resumed_from_step: count.nullable(),
  }),
  z.object({
    ...base,
    type: z.literal('data'),
    train: z.object({
      rows: count,
      sequences: count,
      tokens: count,
      trained_tokens: count,
      sha256: z.string(),
      /** What an epoch feeds from each source; absent from trainers of earlier versions. */
      sources: z
        .array(z.object({ setting: z.string(), rows: count, tokens: count, trained_tokens: count }))
        .optional(),
    }),
    validation: z
      .object({
        rows: count,
        sequences: count,
        tokens: count,
        trained_tokens: count,
        sha256: z.string(),
      })
      .nullable(),
  }),
  z.object({
    ...base,
    type: z.literal('model'),
    architecture: z.string(),
    trainable: count,
    total: count,
    /** Full name of every adapted module with its trainable parameters. */
    modules: z.record(z.string(), count),
    dtype: z.string(),
    quantized_modules: count,
    load_ms: count,
  }),
  z.object({
    ...base,
    /** Values of the live objects compared with plan.json. */
    type: z.literal('settings'),
    effective: z.object({
      lora: z.record(z.string(), z.unknown()),
      quantization: z.record(z.string(), z.unknown()).nullable(),
      training: z.record(z.string(), z.unknown()),
      model: z.record(z.string(), z.unknown()),
      /** Only with new tokens. */
      tokenizer: z.record(z.string(), z.unknown()).optional(),
      /** The adapter that the run starts from; absent for a new one. */
      init_adapter: z.record(z.string(), z.unknown()).optional(),
    }),
    differences: z.array(z.object({ path: z.string(), requested: z.unknown(), effective: z.unknown() })),
  }),
  z.object({
    ...base,
    /** A checkpoint was loaded, and the loss of its probe rows computed again. */
    type: z.literal('resume'),
    step: count,
    epoch: z.number(),
    /** Totals since step 0, which the attempt takes up. */
    tokens: count,
    trained_tokens: count,
    /** Null if the checkpoint has no probe, as those of earlier versions. */
    probe: z
      .object({
        rows: z.array(count),
        loss: number,
        loss_again: number,
        tolerance: z.number(),
        equal: z.boolean(),
      })
      .nullable(),
    /** Why changes were allowed; null if they were not. */
    allowed_changes: z.string().nullable(),
  }),
  z.object({
    ...base,
    type: z.literal('step'),
    step: count,
    max_steps: count,
    epoch: z.number(),
    /** loss, grad_norm, learning_rate, tokens_per_second, trained_tokens_per_second, … */
    metrics,
    /** Totals since step 0 of the run, over all attempts. */
    tokens: count,
    trained_tokens: count,
  }),
  z.object({ ...base, type: z.literal('eval'), step: count, epoch: z.number(), metrics }),
  z.object({
    ...base,
    type: z.literal('checkpoint'),
    step: count,
    path: z.string(),
    bytes: count,
    reason: z.enum(['schedule', 'stop', 'end']),
    best: z.boolean(),
  }),
  z.object({
    ...base,
    type: z.literal('memory'),
    step: count,
    allocated_peak_bytes: count.nullable(),
    reserved_peak_bytes: count.nullable(),
    rss_peak_bytes: count,
  }),
  z.object({
    ...base,
    type: z.literal('warning'),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  }),
  z.object({
    ...base,
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
  }),
  z.object({
    ...base,
    type: z.literal('artifact'),
    kind: z.enum(['adapter', 'merged', 'report']),
    path: z.string(),
    bytes: count,
    sha256: z.string(),
  }),
  z.object({
    ...base,
    type: z.literal('end'),
    outcome: z.enum(['succeeded', 'failed', 'stopped']),
    code: count,
    step: count,
    max_steps: count,
    best_checkpoint: z.string().nullable(),
    train_ms: count,
    /** What this attempt alone trained on in `train_ms`; absent from trainers of earlier versions. */
    attempt: z.object({ from_step: count, tokens: count, trained_tokens: count }).optional(),
    /** Early stopping ended the run before `max_steps`; absent otherwise. */
    early_stop: z
      .object({
        metric: z.string(),
        patience: count,
        best: number,
        best_step: count.nullable(),
      })
      .optional(),
  }),
]);

export type RunEvent = z.infer<typeof event>;
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

const stepKeys = 9;

/** Checks the usual form of a step, which is nearly every line; the schema checks all other events. */
function isPlainStep(value: unknown): value is RunEventOf<'step'> {
  const step = value as RunEventOf<'step'> | null;
  if (step?.type !== 'step' || step.v !== 1 || Object.keys(step).length !== stepKeys) return false;
  const { seq, t, max_steps, tokens, trained_tokens } = step;
  return (
    [seq, t, step.step, max_steps, tokens, trained_tokens].every((n) => Number.isSafeInteger(n) && n >= 0) &&
    t <= lastMs &&
    Number.isFinite(step.epoch) &&
    hasPlainNumbers(step.metrics)
  );
}

function hasPlainNumbers(values: unknown): boolean {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return false;
  for (const [name, value] of Object.entries(values))
    if (!Number.isFinite(value) || name === '__proto__') return false;
  return true;
}

/** Reads one line of events.jsonl. Never throws: an unreadable line gives `ok: false` with the reason. */
export function parseEvent(line: string): { ok: true; event: RunEvent } | { ok: false; reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  if (isPlainStep(value)) return { ok: true, event: value };
  if (isTooDeep(line, value)) return { ok: false, reason: 'it is nested too deeply' };
  const parsed = event.safeParse(value);
  if (parsed.success) return { ok: true, event: parsed.data };
  return { ok: false, reason: z.prettifyError(parsed.error) };
}

/** JSON Schema of one event line, from which docs/protocol.md is generated. */
export function eventJsonSchema(): unknown {
  return z.toJSONSchema(event, { io: 'input' });
}
