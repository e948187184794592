// The device that a plan is for: the one that the user named, or this machine's.
import type { MachineFacts } from '../../config/render/machine-facts.ts';
import { findGpu, type Gpu } from '../../model/gpus.ts';
import { detectNvidia } from '../../python/nvidia.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Machine extends MachineFacts {
  gpu: Gpu | null;
}

/** The GPU with that name in the table; without a name, this machine's. Throws UserError M030. */
export async function findMachine(name: string | undefined, env: Env): Promise<Machine> {
  if (name === undefined) return await detectMachine(env);
  const gpu = findGpu(name);
  return { device: 'cuda', bf16Supported: gpu.bf16, gpu };
}

/** The GPU that nvidia-smi shows, or the CPU. */
export async function detectMachine(env: Env): Promise<Machine> {
  const gpu = (await detectNvidia(env))?.gpus[0];
  if (!gpu) return { device: 'cpu', bf16Supported: true, gpu: null };
  const bf16 = gpu.computeCapability >= 8;
  return { device: 'cuda', bf16Supported: bf16, gpu: { name: gpu.name, memoryBytes: gpu.memoryBytes, bf16 } };
}
