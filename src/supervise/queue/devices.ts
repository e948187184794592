// Which devices of a host a run may have now. The leases say what lorch gave away, the driver what others use.

import { type HostGpu, listGpus } from '../../hosts/gpus.ts';
import type { Host } from '../../hosts/host.ts';
import { findByEnvironment, wordsOf } from '../../hosts/processes.ts';
import { isFree, type Lease, listLeases, type NewLease } from '../../store/leases.ts';
import type { Store } from '../../store/open-store.ts';

/** What a run wants of its host. */
export interface Wanted {
  gpus: number;
  shareGpu: boolean;
  /** What the forecast says that it needs on a GPU; null if that is not known. */
  bytes: number | null;
}

export interface DeviceGpu extends HostGpu {
  /** Why lorch does not use it, as a clause: other people's programs, or the user's CUDA_VISIBLE_DEVICES. */
  others: string | null;
}

/** Memory that a GPU without a program on it may have in use: the driver's own. */
const driverBytes = 1.5 * 2 ** 30;
/** Of a GPU's memory, what runs may need together that share it. */
const sharedPart = 0.95;

/** In CUDA_VISIBLE_DEVICES of a job, so that others see which GPU it has before it uses any of it. */
const visibleDevices = 'CUDA_VISIBLE_DEVICES';

/** The GPUs of a host with who uses them beside lorch's attempts. Null: the driver did not answer. */
export async function inspectGpus(
  host: Host,
  leases: readonly Lease[],
  visible: string | undefined,
): Promise<DeviceGpu[] | null> {
  const gpus = await listGpus(host);
  if (!gpus) return null;
  const here = leases.filter((lease) => lease.host === host.name);
  const busy = gpus.some(({ processes }) => processes.length > 0);
  const tokens = busy ? [...new Set(here.map(({ token }) => token))] : [];
  const ours = new Set<number>();
  for (const token of tokens)
    for (const { pid } of await findByEnvironment(host, `LORCH_ATTEMPT=${token}`)) ours.add(pid);
  const allowed = visibleGpus(gpus, visible);
  return await Promise.all(
    gpus.map(async (gpu) => {
      const leased = here.some(({ device }) => device === gpu.uuid);
      return { ...gpu, others: allowed.has(gpu.uuid) ? await othersOn(host, gpu, leased, ours) : notVisible };
    }),
  );
}

const notVisible = `${visibleDevices} leaves it out`;

async function othersOn(
  host: Host,
  gpu: HostGpu,
  leased: boolean,
  ours: ReadonlySet<number>,
): Promise<string | null> {
  const foreign = gpu.processes.filter(({ pid }) => !ours.has(pid));
  const [first] = foreign;
  if (first)
    return `${first.name || 'a program'} (process ${first.pid})${foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''} uses it`;
  if (leased) return null;
  // In a container, the driver does not show the programs of others, only what they use.
  if (gpu.usedBytes > Math.max(driverBytes, gpu.memoryBytes * 0.03))
    return `${(gpu.usedBytes / 2 ** 30).toFixed(1)} GiB of its memory is in use by a program that the driver does not show`;
  // A run of another workspace uses its GPU only some seconds after its start.
  for (const { pid } of await findByEnvironment(host, `${visibleDevices}=${gpu.uuid}`))
    if ((await wordsOf(host, pid, 'environ'))?.some((word) => word.startsWith('LORCH_ATTEMPT=')))
      return `a run of another workspace (process ${pid}) is about to use it`;
  return null;
}

/** The GPUs that CUDA_VISIBLE_DEVICES lets a program see: by number on the PCI bus, UUID, or the beginning of one. */
export function visibleGpus(
  gpus: readonly Pick<HostGpu, 'uuid' | 'index'>[],
  visible: string | undefined,
): Set<string> {
  if (visible === undefined) return new Set(gpus.map(({ uuid }) => uuid));
  const seen = new Set<string>();
  for (const word of visible.split(',').map((each) => each.trim())) {
    const found = gpus.find(({ uuid, index }) =>
      /^\d+$/.test(word) ? index === Number(word) : word !== '' && uuid.startsWith(word),
    );
    // CUDA, too, stops at the first one that it does not know.
    if (!found) break;
    seen.add(found.uuid);
  }
  return seen;
}

/** The GPUs that a run gets now; null: it has to wait. */
export function chooseGpus(
  wanted: Wanted,
  gpus: readonly DeviceGpu[],
  leases: readonly Pick<Lease, 'device' | 'shared' | 'bytes'>[],
): NewLease[] | null {
  const free = gpus
    .filter(({ others }) => others === null)
    .map((gpu) => {
      const room = gpu.memoryBytes * sharedPart;
      // Without a forecast nobody knows whether it fits beside others.
      const shared = wanted.shareGpu && wanted.bytes !== null && wanted.bytes <= room;
      const sharers = leases.filter(({ device }) => device === gpu.uuid).length;
      return { lease: { device: gpu.uuid, shared, bytes: shared ? wanted.bytes : null, room }, sharers };
    })
    .filter(({ lease }) => isFree(lease, leases));
  // Sharers go where others share already, so that whole GPUs stay free.
  free.sort((a, b) => b.sharers - a.sharers);
  return free.length < wanted.gpus ? null : free.slice(0, wanted.gpus).map(({ lease }) => lease);
}

/** A place on the CPU that nobody has: `cpu-0`, `cpu-1` … */
export function nextCpuSlot(leases: readonly Pick<Lease, 'device'>[]): NewLease {
  const taken = new Set(leases.map(({ device }) => device));
  let n = 0;
  while (taken.has(`cpu-${n}`)) n += 1;
  return { device: `cpu-${n}`, shared: false, bytes: null };
}

/** Whether a device is a place on the CPU. */
export function isCpuSlot(device: string): boolean {
  return device.startsWith('cpu-');
}

/** What a job's environment says of its devices. */
export function deviceEnvironment(leases: readonly Pick<NewLease, 'device'>[]): Record<string, string> {
  const gpus = leases.map(({ device }) => device).filter((device) => !isCpuSlot(device));
  if (gpus.length === 0) return {};
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', [visibleDevices]: gpus.join(',') };
}

/** The leases that count on a host. */
export function leasesOn(store: Store, host: string): Lease[] {
  return listLeases(store).filter((lease) => lease.host === host);
}
