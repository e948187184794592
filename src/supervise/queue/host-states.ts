// How the hosts stand that runs wait for.
import { listLeases } from '../../store/leases.ts';
import type { Waiting } from '../../store/queue.ts';
import { hostNamed } from '../attempt-context.ts';
import type { SuperviseDeps } from '../deps.ts';
import type { HostState } from './decide.ts';
import { type DeviceGpu, inspectGpus } from './devices.ts';
import { givesDevices, visibleOn } from './take-devices.ts';

/** Asks each host of the waiting runs once; the driver only if one of them wants a GPU. */
export async function hostStates(
  deps: SuperviseDeps,
  waiting: readonly Pick<Waiting, 'host' | 'gpus'>[],
  cpuSlots: number,
): Promise<Map<string, HostState>> {
  const states = new Map<string, HostState>();
  for (const name of new Set(waiting.map(({ host }) => host))) {
    const host = hostNamed(deps, name);
    const gives = host !== undefined && givesDevices(host);
    const asks = gives && waiting.some((each) => each.host === name && each.gpus > 0);
    let gpus: DeviceGpu[] | null = null;
    if (asks && host) gpus = await inspectGpus(host, listLeases(deps.store), visibleOn(host, deps.env));
    states.set(name, { known: host !== undefined, gives, gpus, cpuSlots });
  }
  return states;
}
