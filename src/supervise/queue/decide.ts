// Who starts next, and why the others wait: pure, so that the dispatcher and `lorch queue` say the same.
import type { After } from '../../run/queue-file.ts';
import type { Lease, NewLease } from '../../store/leases.ts';
import type { Waiting } from '../../store/queue.ts';
import { chooseGpus, type DeviceGpu, isCpuSlot, nextCpuSlot } from './devices.ts';

/** How a host stands. */
export interface HostState {
  /** False: no host of this name is known. */
  known: boolean;
  /** False: a batch system gives devices there, and jobs wait in its queue. */
  gives: boolean;
  /** Null: its driver did not answer. Asked only if a run wants a GPU there. */
  gpus: readonly DeviceGpu[] | null;
  cpuSlots: number;
}

/** held, after, never: only a command changes it · devices, driver: it starts when there is room. */
export type WaitKind = 'held' | 'after' | 'never' | 'host' | 'devices' | 'others' | 'driver' | 'behind';

export type Decision =
  | { run: string; host: string; start: NewLease[] }
  | { run: string; host: string; wait: { kind: WaitKind; why: string } };

export interface QueueState {
  /** The first to start first. */
  waiting: readonly Waiting[];
  leases: readonly Lease[];
  hosts: ReadonlyMap<string, HostState>;
  /** How a run stands that others wait for; null: it was removed. */
  standing(run: string): { phase: string; succeeded: boolean } | null;
}

type Wait = { kind: WaitKind; why: string };

/**
 * What to do with each waiting run. A run that has to wait for devices of a host lets no later one have devices of that
 * kind there, so that its turn comes.
 */
export function decideQueue({ waiting, leases, hosts, standing }: QueueState): Decision[] {
  const held = [...leases];
  const queues = new Set(waiting.map(({ run }) => run));
  const first = new Map<string, string>();
  return waiting.map((entry): Decision => {
    const { run, host } = entry;
    const wait = waitsForOthers(entry, standing, queues);
    if (wait) return { run, host, wait };
    const state = hosts.get(host);
    if (!state?.known) return { run, host, wait: { kind: 'host', why: `there is no host ${host}` } };
    if (!state.gives) return { run, host, start: [] };
    const kind = `${host} ${entry.gpus > 0 ? 'gpu' : 'cpu'}`;
    const ahead = first.get(kind);
    if (ahead)
      return { run, host, wait: { kind: 'behind', why: `behind ${ahead}, which is next to start there` } };
    const here = held.filter((lease) => lease.host === host);
    const choice = entry.gpus > 0 ? chooseOnGpus(entry, state, here) : chooseOnCpu(state, here);
    if ('kind' in choice) {
      // Whoever cannot get enough GPUs because of other people's programs keeps nobody waiting.
      if (choice.kind === 'devices') first.set(kind, run);
      return { run, host, wait: choice };
    }
    for (const lease of choice.start) held.push({ ...lease, run, attempt: 0, token: '', host, sinceMs: 0 });
    return { run, host, start: choice.start };
  });
}

/** Whether something that waits could start without a command; `underWay`: some run has not ended. */
export function mayStart(
  { waiting, standing }: Pick<QueueState, 'waiting' | 'standing'>,
  underWay: boolean,
): boolean {
  const queued = new Set(waiting.map(({ run }) => run));
  return waiting.some((entry) => {
    const wait = waitsForOthers(entry, standing, queued);
    return wait === null || (underWay && wait.kind === 'after');
  });
}

function waitsForOthers(
  { held, after }: Waiting,
  standing: QueueState['standing'],
  queued: ReadonlySet<string>,
): Wait | null {
  if (held !== null) return { kind: 'held', why: held ? `held: ${held}` : 'held' };
  for (const each of after) {
    const wait = waitsFor(each, standing(each.run), queued.has(each.run));
    if (wait) return wait;
  }
  return null;
}

function waitsFor(
  { run, outcome }: After,
  stands: ReturnType<QueueState['standing']>,
  queued: boolean,
): Wait | null {
  if (!stands)
    return outcome === 'any'
      ? null
      : { kind: 'never', why: `${run}, which had to succeed first, was removed` };
  if (stands.phase !== 'finished' || queued)
    return { kind: 'after', why: outcome === 'ok' ? `until ${run} succeeds` : `until ${run} ends` };
  if (outcome === 'any' || stands.succeeded) return null;
  return { kind: 'never', why: `${run}, which has to succeed first, did not` };
}

function chooseOnCpu({ cpuSlots }: HostState, leases: readonly Lease[]): { start: NewLease[] } | Wait {
  const users = leases.filter(({ device }) => isCpuSlot(device));
  if (users.length < cpuSlots) return { start: [nextCpuSlot(leases)] };
  const slots =
    cpuSlots === 1 ? 'the place on the CPU is taken' : `all ${cpuSlots} places on the CPU are taken`;
  return { kind: 'devices', why: `${slots} (${namesOf(users)})` };
}

function chooseOnGpus(
  entry: Waiting,
  state: HostState,
  leases: readonly Lease[],
): { start: NewLease[] } | Wait {
  const { gpus } = state;
  const wanted = entry.gpus === 1 ? '1 GPU' : `${entry.gpus} GPUs`;
  if (gpus === null) return { kind: 'driver', why: `for ${wanted}; nvidia-smi does not answer` };
  const chosen = chooseGpus(entry, gpus, leases);
  if (chosen) return { start: chosen };
  const usable = gpus.filter(({ others }) => others === null);
  if (usable.length >= entry.gpus)
    return {
      kind: 'devices',
      why: `for ${wanted}; ${namesOf(leases.filter(({ device }) => !isCpuSlot(device)))} ${usable.length === 1 ? 'has it' : 'have them'}`,
    };
  const blocked = gpus.find(({ others }) => others !== null);
  const why = blocked ? `GPU ${blocked.index}: ${blocked.others}` : `the host has ${gpus.length}`;
  return { kind: 'others', why: `for ${wanted}; ${why}` };
}

function namesOf(leases: readonly { run: string }[]): string {
  const names = [...new Set(leases.map(({ run }) => run))];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
