// What the next attempt changes so that it can end better than the one that failed. Pure.
import { z } from 'zod';
import type { FailureClass } from './failure-rules.ts';
import type { Plan } from './plan.ts';

/** Settings of `training` that an attempt has instead of those of the plan. */
const changes = z.strictObject({
  per_device_train_batch_size: z.number().int().positive().optional(),
  gradient_accumulation_steps: z.number().int().positive().optional(),
  per_device_eval_batch_size: z.number().int().positive().optional(),
  gradient_checkpointing: z.literal(true).optional(),
});

/** Why lorch started an attempt by itself, and how it differs from the plan. */
export const retrySchema = z.object({
  /** The number of this retry among those in a row. */
  number: z.number().int().positive(),
  /** The attempt that failed. */
  of: z.number().int().positive(),
  class: z.string(),
  changes,
});

export type Retry = z.infer<typeof retrySchema>;
type Changes = Retry['changes'];

/** What the next attempt does, or null: a person has to decide. `before`: how the failed attempt itself was started. */
export function nextRetry(
  plan: Pick<Plan, 'retry' | 'training'>,
  failure: { class: FailureClass },
  failed: { n: number; retry: Retry | undefined },
): Retry | null {
  const number = (failed.retry?.number ?? 0) + 1;
  const before = failed.retry?.changes ?? {};
  if (!plan.retry || number > plan.retry.attempts) return null;
  const memory = /^(host-|cgroup-)?out-of-memory$/.test(failure.class);
  const kind = memory ? 'out-of-memory' : failure.class;
  if (!(plan.retry.on as string[]).includes(kind)) return null;
  const after = memory ? lessMemory({ ...plan.training, ...before }) : {};
  return after && { number, of: failed.n, class: failure.class, changes: { ...before, ...after } };
}

/** The next rung: smaller micro-batches of the same effective batch, then gradient checkpointing, then none. */
function lessMemory(training: Record<string, unknown>): Changes | null {
  const batch = wholeOf(training.per_device_train_batch_size);
  const part = smallestFactor(batch);
  if (part > 1) {
    const evaluated = wholeOf(training.per_device_eval_batch_size);
    return {
      per_device_train_batch_size: batch / part,
      gradient_accumulation_steps: wholeOf(training.gradient_accumulation_steps) * part,
      ...(evaluated > 1 && { per_device_eval_batch_size: Math.ceil(evaluated / part) }),
    };
  }
  return training.gradient_checkpointing === true ? null : { gradient_checkpointing: true };
}

function wholeOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 1;
}

/** 2 for even numbers: any other part would change the rows of a step. */
function smallestFactor(n: number): number {
  for (let part = 2; part * part <= n; part += 1) if (n % part === 0) return part;
  return n;
}
