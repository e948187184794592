// The GPUs of a host: which run has each, and who else uses it.
import type { Host } from '../../hosts/host.ts';
import { localHost } from '../../hosts/local.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';
import { type DeviceGpu, inspectGpus, isCpuSlot, leasesOn } from '../../supervise/queue/devices.ts';
import { visibleOn } from '../../supervise/queue/take-devices.ts';

export interface GpuReport {
  host: string;
  /** False: the driver is there and did not answer. */
  answered: boolean;
  gpus: ListedGpu[];
  /** Runs that train on the CPU. */
  cpu_runs: string[];
}

export interface ListedGpu {
  index: number;
  uuid: string;
  name: string;
  memory_bytes: number;
  used_bytes: number;
  state: 'free' | 'leased' | 'others';
  /** Why lorch does not use it; null if it does. */
  others: string | null;
  leases: { run: string; attempt: number; shared: boolean; bytes: number | null }[];
  processes: { pid: number; name: string; bytes: number | null; user: string | null }[];
}

/** What lorch knows of a host's devices now. */
export async function listHostGpus(deps: SuperviseDeps, host: Host = localHost): Promise<GpuReport> {
  const leases = leasesOn(deps.store, host.name);
  const gpus = await inspectGpus(host, leases, visibleOn(host, deps.env));
  const users = await usersOf(host, gpus ?? []);
  return {
    host: host.name,
    answered: gpus !== null,
    gpus: (gpus ?? []).map((gpu) => {
      const mine = leases.filter(({ device }) => device === gpu.uuid);
      return {
        index: gpu.index,
        uuid: gpu.uuid,
        name: gpu.name,
        memory_bytes: gpu.memoryBytes,
        used_bytes: gpu.usedBytes,
        state: gpu.others !== null ? 'others' : mine.length > 0 ? 'leased' : 'free',
        others: gpu.others,
        leases: mine.map(({ run, attempt, shared, bytes }) => ({ run, attempt, shared, bytes })),
        processes: gpu.processes.map((each) => ({ ...each, user: users.get(each.pid) ?? null })),
      };
    }),
    cpu_runs: leases.filter(({ device }) => isCpuSlot(device)).map(({ run }) => run),
  };
}

/** Who started each program, as `ps` tells it. */
async function usersOf(host: Host, gpus: readonly DeviceGpu[]): Promise<Map<number, string>> {
  const pids = gpus.flatMap(({ processes }) => processes.map(({ pid }) => pid));
  if (pids.length === 0) return new Map();
  const { stdout } = await host.run(['ps', '-o', 'pid=,user=', '-p', pids.join(',')], { timeoutMs: 5000 });
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(lines.flatMap(([pid, user]) => (pid && user ? [[Number(pid), user] as const] : [])));
}
