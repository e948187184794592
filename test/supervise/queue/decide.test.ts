import { expect, it } from 'vitest';
import type { Lease } from '../../../src/store/leases.ts';
import type { Waiting } from '../../../src/store/queue.ts';
import { decideQueue, type HostState } from '../../../src/supervise/queue/decide.ts';
import type { DeviceGpu } from '../../../src/supervise/queue/devices.ts';

const wants = (run: string, gpus: number, changes: Partial<Waiting> = {}): Waiting => ({
  run,
  priority: 0,
  place: 0,
  queuedMs: 0,
  held: null,
  after: [],
  afterAttempt: 0,
  host: 'local',
  gpus,
  shareGpu: false,
  bytes: null,
  ...changes,
});

const gpu = (index: number, others: string | null = null): DeviceGpu => ({
  uuid: `GPU-${index}`,
  index,
  name: 'pretend',
  memoryBytes: 80 * 2 ** 30,
  usedBytes: 0,
  processes: [],
  others,
});

const leased = (run: string, ...devices: string[]): Lease[] =>
  devices.map((device) => ({
    run,
    attempt: 1,
    token: run,
    host: 'local',
    device,
    shared: false,
    bytes: null,
    sinceMs: 0,
  }));

function decide(
  waiting: Waiting[],
  {
    leases = [],
    gpus = [],
    cpuSlots = 1,
    more = [],
  }: Partial<HostState> & { leases?: Lease[]; more?: [string, HostState][] },
): string[] {
  const hosts = new Map<string, HostState>([
    ['local', { known: true, gives: true, gpus, cpuSlots }],
    ...more,
  ]);
  return decideQueue({ waiting, leases, hosts, standing: () => null }).map((each) =>
    'start' in each
      ? `${each.run} ${each.start.map(({ device }) => device).join('+')}`
      : `${each.run} ${each.wait.kind}`,
  );
}

it('starts as many as there is room for, each with devices of its own', () => {
  const gpus = [gpu(0), gpu(1), gpu(2)];
  expect(decide([wants('a', 1), wants('b', 2), wants('c', 0), wants('d', 0)], { gpus, cpuSlots: 2 })).toEqual(
    ['a GPU-0', 'b GPU-1+GPU-2', 'c cpu-0', 'd cpu-1'],
  );
});

it('lets no small run pass one that waits for several GPUs', () => {
  const state = { gpus: [gpu(0), gpu(1)], leases: leased('x', 'GPU-0') };
  expect(decide([wants('big', 2), wants('small', 1), wants('cpu', 0)], state)).toEqual([
    'big devices',
    'small behind',
    'cpu cpu-0',
  ]);
});

it('lets others pass a run that cannot have enough GPUs because of other people', () => {
  const state = { gpus: [gpu(0), gpu(1, 'somebody uses it')] };
  expect(decide([wants('big', 2), wants('small', 1)], state)).toEqual(['big others', 'small GPU-0']);
});

it('puts runs that share a GPU together, as far as they fit', () => {
  const shares = (run: string, gib: number) => wants(run, 1, { shareGpu: true, bytes: gib * 2 ** 30 });
  const gpus = [gpu(0), gpu(1)];
  expect(decide([shares('a', 30), shares('b', 40), shares('c', 30), wants('d', 1)], { gpus })).toEqual([
    'a GPU-0',
    'b GPU-0',
    'c GPU-1',
    'd devices',
  ]);
  // Nobody knows what it needs.
  expect(decide([shares('a', 30), wants('b', 1, { shareGpu: true })], { gpus })).toEqual([
    'a GPU-0',
    'b GPU-1',
  ]);
  // As large as that, it has one for itself.
  expect(decide([shares('a', 79), shares('b', 1)], { gpus })).toEqual(['a GPU-0', 'b GPU-1']);
});

it('waits for a driver that does not answer, hands over to a batch system, and knows hosts', () => {
  const cluster: HostState = { known: true, gives: false, gpus: null, cpuSlots: 1 };
  expect(
    decide([wants('a', 1), wants('b', 8, { host: 'cluster' }), wants('c', 1, { host: 'nowhere' })], {
      gpus: null,
      more: [['cluster', cluster]],
    }),
  ).toEqual(['a driver', 'b ', 'c host']);
});
