// PEFT's own count of a model's parameters on the meta device: the authority behind lorch's arithmetic.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoraCount } from '../model/count-lora.ts';
import { findPython, locatePython } from '../python/find-python.ts';
import { runTrainer } from '../python/run-trainer.ts';

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
  modules: z.record(z.string(), z.number()),
  architecture: z.string(),
});

export type PeftCount = z.infer<typeof answer>;

/**
 * Counts from the config alone, without the hub. Throws UserError E001–E010 without a fit Python, and what the
 * trainer says (R0xx) where PEFT refuses.
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
    const model = { id, path: dir, revision: null, trust_remote_code: false };
    return answer.parse(await runTrainer(found, 'count', { model, lora }, signal ? { signal } : {}));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export interface Verification {
  equal: boolean;
  /** PEFT's figures. */
  trainable: number;
  total: number;
  /** Modules whose counts differ; null: the other side has no such module. */
  differences: { module: string; counted: number | null; peft: number | null }[];
}

/** lorch's count beside PEFT's: in sum and module by module. */
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
