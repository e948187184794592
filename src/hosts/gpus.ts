// The GPUs of a host and who uses them, as its driver tells (nvidia-smi).
import type { Host } from './host.ts';

export interface GpuProcess {
  pid: number;
  name: string;
  /** Null if the driver does not say. */
  bytes: number | null;
}

export interface HostGpu {
  uuid: string;
  /** As nvidia-smi numbers it: by its place on the PCI bus. */
  index: number;
  name: string;
  memoryBytes: number;
  usedBytes: number;
  /** Programs that compute on it, as far as the driver shows them. */
  processes: GpuProcess[];
}

const timeoutMs = 15_000;
const mib = 2 ** 20;

/** All GPUs of a host; none if it has no driver or no GPU. Null: the driver is there and did not answer. */
export async function listGpus(host: Pick<Host, 'run'>): Promise<HostGpu[] | null> {
  const ask = (query: string) =>
    host.run(['nvidia-smi', query, '--format=csv,noheader,nounits'], { timeoutMs });
  const gpus = await ask('--query-gpu=index,uuid,name,memory.total,memory.used');
  if (gpus.error !== null) return [];
  // nvidia-smi says so with a code of its own if there is no GPU.
  if (gpus.code === 6 || /no devices were found/i.test(gpus.stdout + gpus.stderr)) return [];
  if (gpus.code !== 0) return null;
  const found = parseGpus(gpus.stdout);
  if (found.length === 0) return [];
  const programs = await ask('--query-compute-apps=gpu_uuid,pid,process_name,used_memory');
  if (programs.code !== 0) return null;
  const processes = parsePrograms(programs.stdout);
  return found.map((gpu) => ({
    ...gpu,
    processes: processes.filter(({ uuid }) => uuid === gpu.uuid).map(({ uuid: _, ...rest }) => rest),
  }));
}

/** `--query-gpu=index,uuid,name,memory.total,memory.used`, memory in MiB. */
export function parseGpus(text: string): Omit<HostGpu, 'processes'>[] {
  return linesOf(text, 5).flatMap(([index = '', uuid = '', name = '', total = '', used = '']) =>
    /^\d+$/.test(index)
      ? [
          {
            uuid,
            index: Number(index),
            name,
            memoryBytes: bytesOf(total) ?? 0,
            usedBytes: bytesOf(used) ?? 0,
          },
        ]
      : [],
  );
}

/** `--query-compute-apps=gpu_uuid,pid,process_name,used_memory`; a name may hold commas. */
export function parsePrograms(text: string): (GpuProcess & { uuid: string })[] {
  return linesOf(text, 4).flatMap((cells) => {
    const [uuid = '', pid = '', ...rest] = cells;
    const used = rest.pop() ?? '';
    return /^\d+$/.test(pid) ? [{ uuid, pid: Number(pid), name: rest.join(', '), bytes: bytesOf(used) }] : [];
  });
}

function linesOf(text: string, cells: number): string[][] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((line) => line.length >= cells);
}

function bytesOf(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) * mib : null;
}
