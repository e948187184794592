// Merges a run's adapter into its base, and verifies the result against the adapter.
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { gib } from '../../diagnostics/gib.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { type RunTrainerOptions, runTrainer } from '../../python/run-trainer.ts';
import { type AdapterRequest, findAdapter, fusedFirst, modelSpec } from './finished-adapter.ts';
import { heldOutPrompt, trainerPrompt } from './try-run.ts';

export interface MergeRequest extends AdapterRequest {
  python: PythonEnv;
  /** Absolute path of a folder that does not exist yet. */
  out: string;
  options?: RunTrainerOptions;
}

const merged = z.looseObject({
  out: z.string(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
  max_logit_diff: z.number(),
  mean_logit_diff: z.number(),
  argmax_agreement: z.number(),
  tolerance: z.number(),
  within_tolerance: z.boolean(),
  quantized_drift: z.record(z.string(), z.unknown()).nullable(),
});

export type MergedRun = z.infer<typeof merged> & { run: string };

/** Merges. Throws UserError R154 if `out` exists, R156 if the disk has too little space. The result says whether the logits agree. */
export async function mergeRun(request: MergeRequest): Promise<MergedRun> {
  if (existsSync(request.out))
    throw new UserError('R154', `${request.out} exists`, {
      hint: 'merge writes a new folder: name another with -o',
    });
  const finished = await findAdapter(request);
  const { plan, id, adapter, tokenizer } = finished;
  await requireRoom(request.out, plan.forecast.disk?.merged_bytes ?? null);
  const result = await runTrainer(
    request.python,
    'merge',
    {
      model: modelSpec(plan),
      ...fusedFirst(finished),
      dtype: plan.model.dtype,
      attn_implementation: plan.model.attn_implementation,
      quantization: plan.quantization,
      new_tokens: plan.tokenizer ?? null,
      adapter,
      tokenizer,
      out: request.out,
      prompts: plan.dataset.held_out
        .flatMap(heldOutPrompt)
        .map(({ messages }) => trainerPrompt({ messages })),
    },
    request.options,
  );
  return { ...merged.parse(result), run: id };
}

/** A model that fills the disk would make other runs fail. `bytes`: null if the plan does not say. */
async function requireRoom(out: string, bytes: number | null): Promise<void> {
  const { bavail, bsize } = await statfs(existingFolder(out));
  if (bytes === null || bytes <= bavail * bsize) return;
  throw new UserError('R156', `the merged model takes ${gib(bytes)}, and ${gib(bavail * bsize)} are free`, {
    hint: 'free space, or name a folder on another disk with -o',
    exitCode: 3,
  });
}

function existingFolder(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : existingFolder(parent);
}
