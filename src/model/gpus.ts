// GPUs to forecast for where none is at hand: memory as nvidia-smi reports it, and whether bf16 is computed natively.
import { UserError } from '../diagnostics/user-error.ts';
import { nearestNames } from './nearest.ts';

export interface Gpu {
  /** As users write it, or as the driver reports it. */
  name: string;
  memoryBytes: number;
  bf16: boolean;
}

const MiB = 2 ** 20;

// Total memory in MiB (`nvidia-smi --query-gpu=memory.total`); compute capability 8.0 and above has bf16.
const known: Readonly<Record<string, [mib: number, bf16: boolean]>> = {
  't4-16gb': [15_360, false],
  'v100-32gb': [32_768, false],
  'rtx3090-24gb': [24_576, true],
  'rtx4090-24gb': [24_564, true],
  'rtx5090-32gb': [32_607, true],
  'a10g-24gb': [23_028, true],
  'l4-24gb': [23_034, true],
  'a6000-48gb': [49_140, true],
  'l40s-48gb': [46_068, true],
  'a100-40gb': [40_960, true],
  'a100-80gb': [81_920, true],
  'h100-80gb': [81_559, true],
  'h200-141gb': [143_771, true],
};

/** The names that `findGpu` knows. */
export const gpuNames: readonly string[] = Object.keys(known);

/** A GPU of the table. Throws UserError M030 with the nearest names. */
export function findGpu(name: string): Gpu {
  const entry = Object.hasOwn(known, name.toLowerCase()) ? known[name.toLowerCase()] : undefined;
  if (!entry) {
    const near = nearestNames(name.toLowerCase(), gpuNames);
    throw new UserError('M030', `--gpu: ${JSON.stringify(name)} is not in the table`, {
      hint: near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${gpuNames.join(', ')}`,
      exitCode: 2,
    });
  }
  return { name: name.toLowerCase(), memoryBytes: entry[0] * MiB, bf16: entry[1] };
}
