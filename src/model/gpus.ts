// GPUs that forecasts know: memory as nvidia-smi reports it, whether bf16 is computed natively, and the dense peak.
import { UserError } from '../diagnostics/user-error.ts';
import { nearestNames } from './nearest.ts';

export interface Gpu {
  /** As `--gpu` names it, or as the driver reports it. */
  name: string;
  memoryBytes: number;
  bf16: boolean;
}

interface KnownGpu {
  name: string;
  /** Total memory (`nvidia-smi --query-gpu=memory.total`). */
  mib: number;
  /** Compute capability 8.0 and above. */
  bf16: boolean;
  /** Dense FLOP/s in bf16, or in fp16 if there is no bf16, accumulating in fp32: the makers' data sheets. */
  peak: number;
  /** How the driver names it. */
  driver: RegExp;
}

const MiB = 2 ** 20;

const known: readonly KnownGpu[] = [
  { name: 't4-16gb', mib: 15_360, bf16: false, peak: 65e12, driver: /\bT4$/ },
  { name: 'v100-32gb', mib: 32_768, bf16: false, peak: 125e12, driver: /V100.*32GB/ },
  { name: 'rtx3090-24gb', mib: 24_576, bf16: true, peak: 71e12, driver: /RTX 3090$/ },
  { name: 'rtx4090-24gb', mib: 24_564, bf16: true, peak: 165e12, driver: /RTX 4090$/ },
  { name: 'rtx5090-32gb', mib: 32_607, bf16: true, peak: 209e12, driver: /RTX 5090$/ },
  { name: 'a10g-24gb', mib: 23_028, bf16: true, peak: 70e12, driver: /\bA10G$/ },
  { name: 'a10-24gb', mib: 23_028, bf16: true, peak: 125e12, driver: /\bA10$/ },
  { name: 'l4-24gb', mib: 23_034, bf16: true, peak: 121e12, driver: /\bL4$/ },
  { name: 'a6000-48gb', mib: 49_140, bf16: true, peak: 155e12, driver: /RTX A6000$/ },
  { name: 'l40s-48gb', mib: 46_068, bf16: true, peak: 362e12, driver: /\bL40S$/ },
  { name: 'a100-40gb', mib: 40_960, bf16: true, peak: 312e12, driver: /\bA100\b.*40GB/ },
  { name: 'a100-80gb', mib: 81_920, bf16: true, peak: 312e12, driver: /\bA100\b.*80GB/ },
  { name: 'h100-pcie-80gb', mib: 81_559, bf16: true, peak: 756e12, driver: /H100 PCIe$/ },
  { name: 'h100-nvl-94gb', mib: 95_830, bf16: true, peak: 835e12, driver: /H100 NVL$/ },
  { name: 'h100-80gb', mib: 81_559, bf16: true, peak: 989e12, driver: /H100 80GB/ },
  { name: 'h200-141gb', mib: 143_771, bf16: true, peak: 989e12, driver: /H200/ },
];

/** The names that `findGpu` knows. */
export const gpuNames: readonly string[] = known.map(({ name }) => name);

/**
 * A GPU of the table, as the table or the driver writes it, or by as much of its name as is its own: `h200`, `RTX 4090`.
 * Throws UserError M030 with the nearest names.
 */
export function findGpu(written: string): Gpu {
  const plain = plainName(written);
  const starts = known.filter(({ name }) => plain !== '' && plainName(name).startsWith(plain));
  const found =
    known.find(({ name, driver }) => plainName(name) === plain || driver.test(written)) ??
    (starts.length === 1 ? starts[0] : undefined);
  if (!found) {
    const near = starts.length > 1 ? starts.map(({ name }) => name) : nearestNames(plain, gpuNames);
    throw new UserError('M030', `--gpu: ${JSON.stringify(written)} is not in the table`, {
      hint: near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${gpuNames.join(', ')}`,
      exitCode: 2,
    });
  }
  return { name: found.name, memoryBytes: found.mib * MiB, bf16: found.bf16 };
}

/** Two spellings of one GPU, of the table or of the driver. */
export function isSameGpu(a: string, b: string): boolean {
  const [one, other] = [entryOf(a), entryOf(b)];
  return a === b || (one !== undefined && one === other);
}

/** Dense FLOP/s of a GPU as the table or the driver names it; null if it is not in the table. */
export function peakFlops(gpu: string): number | null {
  return entryOf(gpu)?.peak ?? null;
}

function entryOf(gpu: string): KnownGpu | undefined {
  return known.find(({ name, driver }) => name === gpu || driver.test(gpu));
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/nvidia|geforce|tesla|[^a-z0-9]/g, '');
}
