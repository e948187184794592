// Which build of PyTorch fits this machine. Builds differ by index, not by name: `torch==X` alone is what the
// package index calls the default (CUDA 13.0 on Linux, CPU and MPS on macOS).
import { UserError } from '../diagnostics/user-error.ts';
import type { NvidiaDriver } from './nvidia.ts';
import { compareVersions } from './versions.ts';

export interface TorchBuild {
  /** `cpu`, `cu126`, `cu129`, `cu130`, or `default` for the plain pin. Part of the environment's key. */
  variant: string;
  /** Where that build lies; null for the plain pin. */
  index: string | null;
  /** Why this one, in words for people. */
  why: string;
}

const torchVariants = ['auto', 'default', 'cpu', 'cu126', 'cu129', 'cu130'] as const;
export type TorchVariant = (typeof torchVariants)[number];

const wheelHost = 'https://download.pytorch.org/whl';

/**
 * The CUDA builds of torch 2.13 (cu126, cu129, cu130; cu132 is experimental), best first.
 * `cuda`: the oldest version the driver must report. Minor versions are compatible within a major one, so cu126 runs
 * on any driver for CUDA 12. `capability`: GPUs older than this are not compiled into the build (CUDA 13 and
 * 12.9 leave out Volta and older); `below`: GPUs from this on are not in it either (12.6 knows no Blackwell).
 */
const cudaBuilds = [
  { variant: 'cu130', cuda: '13.0', capability: 7.5, below: Number.POSITIVE_INFINITY },
  { variant: 'cu129', cuda: '12.8', capability: 7.5, below: Number.POSITIVE_INFINITY },
  { variant: 'cu126', cuda: '12.0', capability: 5.0, below: 10.0 },
];

/** Picks the build for a machine; `driver` is null if no NVIDIA GPU answers. Throws E010 when none fits. */
export function chooseTorchBuild(
  platform: NodeJS.Platform,
  driver: NvidiaDriver | null,
  wanted: TorchVariant = 'auto',
): TorchBuild {
  if (wanted !== 'auto') {
    const index = wanted === 'default' ? null : `${wheelHost}/${wanted}`;
    return { variant: wanted, index, why: 'asked for' };
  }
  if (platform !== 'linux') return { variant: 'default', index: null, why: `the only build for ${platform}` };
  if (!driver) return { variant: 'cpu', index: `${wheelHost}/cpu`, why: 'no NVIDIA driver answers' };
  if (!driver.cuda) {
    return { variant: 'default', index: null, why: `driver ${driver.driver} does not name its CUDA version` };
  }
  const { cuda, gpus } = driver;
  const oldest = Math.min(...gpus.map((gpu) => gpu.computeCapability));
  const newest = Math.max(...gpus.map((gpu) => gpu.computeCapability));
  const fits = cudaBuilds.find(
    (build) => compareVersions(cuda, build.cuda) >= 0 && oldest >= build.capability && newest < build.below,
  );
  const seen = `driver ${driver.driver} supports CUDA ${cuda}, GPU compute capability ${oldest}`;
  if (fits) return { variant: fits.variant, index: `${wheelHost}/${fits.variant}`, why: seen };
  throw new UserError('E010', `no build of PyTorch fits: ${seen}${newest > oldest ? ` to ${newest}` : ''}`, {
    hint: 'update the NVIDIA driver; or `lorch setup --variant cpu`; or name your own environment with --python',
    exitCode: 3,
  });
}
