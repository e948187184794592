// Devices for a run that is started at once, without the queue.
import { UserError } from '../../diagnostics/user-error.ts';
import type { Host } from '../../hosts/host.ts';
import { localHost } from '../../hosts/local.ts';
import type { Plan } from '../../run/plan.ts';
import type { NewLease } from '../../store/leases.ts';
import type { SuperviseDeps } from '../deps.ts';
import { chooseGpus, type DeviceGpu, inspectGpus, leasesOn, nextCpuSlot, type Wanted } from './devices.ts';

/** What a planned run wants of its host. */
export function wantedOf({ resources, forecast }: Pick<Plan, 'resources' | 'forecast'>): Wanted {
  const bytes = forecast.memory?.high_bytes ?? forecast.memory?.total_bytes ?? null;
  return {
    gpus: resources.gpus,
    shareGpu: resources.share_gpu === true,
    bytes: bytes === null ? null : Math.ceil(bytes),
  };
}

/** Whether lorch gives devices on this host; a batch system does that itself. */
export function givesDevices(host: Pick<Host, 'scheduler'>): boolean {
  return host.scheduler === 'process';
}

/** CUDA_VISIBLE_DEVICES of the user, which says nothing about other machines. */
export function visibleOn(host: Host, env: SuperviseDeps['env']): string | undefined {
  return host.name === localHost.name ? env.CUDA_VISIBLE_DEVICES : undefined;
}

/** The devices that a run takes now: always a place on the CPU, or free GPUs. Throws UserError R140. */
export async function takeDevices(
  deps: SuperviseDeps,
  run: string,
  host: Host,
  plan: Pick<Plan, 'resources' | 'forecast'>,
): Promise<NewLease[]> {
  if (!givesDevices(host)) return [];
  const wanted = wantedOf(plan);
  const leases = leasesOn(deps.store, host.name);
  if (wanted.gpus === 0) return [nextCpuSlot(leases)];
  const gpus = await inspectGpus(host, leases, visibleOn(host, deps.env));
  // No driver or no GPU: the trainer falls back to the CPU and says so.
  if (!gpus || gpus.length === 0) return [];
  const chosen = chooseGpus(wanted, gpus, leases);
  if (chosen) return chosen;
  throw devicesTaken(run, describeBusy(wanted, gpus, leases));
}

/** Why the GPUs of a host are not enough now. */
export function describeBusy(
  { gpus: count }: Pick<Wanted, 'gpus'>,
  gpus: readonly DeviceGpu[],
  leases: readonly { run: string; device: string }[],
): string {
  const users = gpus.flatMap(({ index, uuid, others }) => {
    const runs = leases.filter(({ device }) => device === uuid).map(({ run }) => run);
    if (others !== null) return [`GPU ${index}: ${others}`];
    return runs.length > 0 ? [`GPU ${index}: run ${runs.join(', ')}`] : [];
  });
  const asked = count === 1 ? 'a GPU is wanted' : `${count} GPUs are wanted`;
  return `${asked}, and too few are free (${users.join('; ') || `the host has ${gpus.length}`})`;
}

/** Another run took them in this moment, or (`why`) they are in use. */
export function devicesTaken(run: string, why = 'another run has just taken its devices'): UserError {
  return new UserError('R140', `run ${run} cannot start now: ${why}`, {
    hint: 'add --queue to let it wait for its turn; `lorch gpus` shows who uses what',
    exitCode: 1,
  });
}
