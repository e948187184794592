// PEFT's own count of a model's parameters on the meta device, to check lorch's arithmetic against.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoraCount, TrainedModule } from '../../model/count-lora.ts';
import type { PythonEnv } from '../../python/environment.ts';
import { findPython, locatePython } from '../../python/find-python.ts';
import { runTrainer } from '../../python/run-trainer.ts';
import type { PlannedTokenizer } from '../../run/plan.ts';

export interface PeftCountOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  python?: string;
  workspacePython?: string;
  signal?: AbortSignal;
}

const answer = z.object({
  trainable: z.number(),
  total: z.number(),
  /** The model before anything is added. */
  base: z.number(),
  modules: z.record(z.string(), z.number()),
  architecture: z.string(),
});

export type PeftCount = z.infer<typeof answer>;

/**
 * Counts from the config alone, without the hub. Throws UserError E001–E010 without a usable Python, and the
 * trainer's error (R0xx) if PEFT refuses.
 */
export async function countWithPeft(
  id: string,
  configText: string,
  lora: Readonly<Record<string, unknown>>,
  { cwd, env, python, workspacePython, signal }: PeftCountOptions,
): Promise<PeftCount> {
  const found = await findPython({
    env,
    ...(python ? { explicit: locatePython(python, cwd, env.HOME) } : {}),
    ...(workspacePython ? { workspacePython } : {}),
  });
  const dir = await mkdtemp(join(tmpdir(), 'lorch-count-'));
  try {
    await writeFile(join(dir, 'config.json'), configText);
    return await askPeft(found, { id, path: dir, revision: null, trust_remote_code: false }, lora, signal);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The result of the trainer's `count`. Throws UserError R0xx if PEFT refuses. */
export async function askPeft(
  python: PythonEnv,
  model: { id: string; path: string | null; revision: string | null; trust_remote_code: boolean },
  lora: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
  newTokens: PlannedTokenizer | null = null,
): Promise<PeftCount> {
  const spec = { model, lora, new_tokens: newTokens };
  return answer.parse(await runTrainer(python, 'count', spec, signal ? { signal } : {}));
}

/** The modules that train, by PEFT's count; shapes are not included. */
export function trainedModules({ modules }: PeftCount): TrainedModule[] {
  return Object.entries(modules).map(([name, trainable]) => ({ name, out: 0, in: 0, trainable }));
}

export interface Verification {
  equal: boolean;
  /** PEFT's figures. */
  trainable: number;
  total: number;
  /** Modules whose counts differ; null if one side has no such module. */
  differences: { module: string; counted: number | null; peft: number | null }[];
}

/** lorch's count compared with PEFT's, in total and module by module. */
export function compareCounts(
  count: Pick<LoraCount, 'trainable' | 'total' | 'modules'>,
  peft: PeftCount,
): Verification {
  const ours = new Map(count.modules.map(({ name, trainable }) => [name, trainable]));
  const theirs = new Map(Object.entries(peft.modules));
  const differences = [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((module) => ({ module, counted: ours.get(module) ?? null, peft: theirs.get(module) ?? null }))
    .filter(({ counted, peft: actual }) => counted !== actual);
  const sumsEqual = count.trainable === peft.trainable && count.total === peft.total;
  const { trainable, total } = peft;
  return { equal: sumsEqual && differences.length === 0, trainable, total, differences };
}
