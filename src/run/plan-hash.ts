import { createHash } from 'node:crypto';
import { canonicalJson } from '../dataset/canonical-json.ts';
import type { Plan } from './plan.ts';

/** SHA-256 over what decides the run's outcome, without the time, the user and the free disk space of planning. */
export function hashPlan(plan: Omit<Plan, 'plan_hash'>): string {
  const {
    lorch,
    lorch_version,
    base_model,
    init_adapter: init,
    method,
    model,
    dataset,
    tokenizer,
    lora,
    quantization,
    training,
    resources,
    evaluation_loss,
  } = plan;
  // Fields that only show rows do not affect the outcome.
  const { held_out, length_histogram, ...data } = dataset;
  return createHash('sha256')
    .update(
      canonicalJson({
        lorch,
        lorch_version,
        base_model,
        // Use its content, because its origin does not affect the outcome.
        ...(init && { init_adapter: { mode: init.mode, files: init.files } }),
        // If undefined, the hash equals that of versions without methods.
        method,
        model,
        dataset: data,
        // If undefined, the hash equals that of versions without new tokens.
        tokenizer,
        lora,
        quantization,
        training,
        // The host does not affect the outcome.
        resources: { gpus: resources.gpus },
        ...(evaluation_loss && { evaluation_loss }),
      }),
    )
    .digest('hex');
}
