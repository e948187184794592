import { createHash } from 'node:crypto';
import { canonicalJson } from '../dataset/canonical-json.ts';
import type { Plan } from './plan.ts';

/** SHA-256 over what decides the run's outcome: not when it was planned, by whom, or how full the disk is. */
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
  // What only shows the rows decides nothing.
  const { held_out, length_histogram, ...data } = dataset;
  return createHash('sha256')
    .update(
      canonicalJson({
        lorch,
        lorch_version,
        base_model,
        // By content: where it was read from decides nothing.
        ...(init && { init_adapter: { mode: init.mode, files: init.files } }),
        // Undefined, it leaves the hash as it was before there were methods.
        method,
        model,
        dataset: data,
        // Undefined, it leaves the hash as it was before there were new tokens.
        tokenizer,
        lora,
        quantization,
        training,
        // Where it runs decides nothing.
        resources: { gpus: resources.gpus },
        ...(evaluation_loss && { evaluation_loss }),
      }),
    )
    .digest('hex');
}
