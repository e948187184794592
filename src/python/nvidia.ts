import { execa } from 'execa';
import type { Env } from './cache-dir.ts';

interface NvidiaGpu {
  name: string;
  uuid: string;
  memoryBytes: number;
  /** e.g. 9.0 */
  computeCapability: number;
}

export interface NvidiaDriver {
  driver: string;
  /** The newest CUDA version that the driver supports, e.g. 13.0; null if nvidia-smi does not say. */
  cuda: string | null;
  gpus: NvidiaGpu[];
}

/** Asks nvidia-smi. Null: no driver, or no GPU behind it. */
export async function detectNvidia(env: Env): Promise<NvidiaDriver | null> {
  const run = (args: string[]) =>
    execa('nvidia-smi', args, {
      env: { ...env },
      extendEnv: false,
      reject: false,
      timeout: 15_000,
      stdin: 'ignore',
    });
  const query = await run([
    '--query-gpu=name,uuid,memory.total,compute_cap,driver_version',
    '--format=csv,noheader,nounits',
  ]);
  if (query.failed) return null;
  const header = await run([]);
  return parseNvidia(query.stdout, header.failed ? '' : header.stdout);
}

/** Reads `nvidia-smi --query-gpu=…` (memory in MiB) and the table that plain `nvidia-smi` opens with. */
export function parseNvidia(query: string, table: string): NvidiaDriver | null {
  const rows = query
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 5);
  const driver = rows[0]?.[4];
  if (!driver) return null;
  return {
    driver,
    cuda: /CUDA (?:UMD )?Version\s*:\s*(\d+\.\d+)/.exec(table)?.[1] ?? null,
    gpus: rows.map(([name = '', uuid = '', memory, capability]) => ({
      name,
      uuid,
      memoryBytes: Number(memory) * 2 ** 20,
      computeCapability: Number(capability),
    })),
  };
}
