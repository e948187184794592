// The hosts that lorch.yaml names. None is connected before something is asked of it.
import { join } from 'node:path';
import type { HostSettings } from '../../config/hosts.ts';
import type { Host } from '../../hosts/host.ts';
import { createSshHost, type SshHost } from '../../hosts/ssh.ts';
import { findTrainerDir } from '../../python/trainer-dir.ts';

export interface WorkspaceHosts {
  find(name: string): Host | undefined;
  /** Ends their connections. */
  close(): void;
}

export function openHosts(
  settings: readonly HostSettings[],
  env: Readonly<Record<string, string | undefined>>,
): WorkspaceHosts {
  const hosts = new Map<string, SshHost>();
  for (const { name, ssh, dir, onDone, keepRemote } of settings)
    hosts.set(name, {
      ...createSshHost({
        name,
        destination: ssh,
        dir,
        ...(onDone === null ? {} : { onDone }),
        agentFile: join(findTrainerDir(), 'agent.py'),
        env,
      }),
      keepRemote,
    });
  return {
    find: (name) => hosts.get(name),
    close() {
      for (const host of hosts.values()) host.close();
    },
  };
}
