// The launch of an attempt that lorch starts by itself, after one that never began or has failed.
import { randomUUID } from 'node:crypto';
import type { LaunchFile } from '../run/attempt-files.ts';
import { leasesOf } from '../store/leases.ts';
import type { AttemptContext } from './attempt-context.ts';
import type { SuperviseDeps } from './deps.ts';
import type { OwnLaunch } from './own-launches.ts';

/** As this user launched `attempt`, on the same devices; nothing in its folder says what is started. */
export function nextLaunch(
  deps: SuperviseDeps,
  { run, n, host, scheduler }: AttemptContext,
  { python, shim, env }: OwnLaunch,
  next: Pick<LaunchFile, 'attempt' | 'command'> & { gpus: number; retry: LaunchFile['retry'] },
): LaunchFile {
  const { attempt, command, gpus, retry } = next;
  return {
    lorch: 1,
    attempt,
    token: randomUUID(),
    host: host.name,
    scheduler: scheduler.name,
    resources: { gpus, devices: leasesOf(deps.store, run, n) },
    ...(retry && { retry }),
    created_ms: deps.now(),
    ...{ python, shim, command, env },
  };
}
