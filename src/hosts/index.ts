// One line a host; `resources.host` names it.
import type { Host } from './host.ts';
import { localHost } from './local.ts';

const hosts: readonly Host[] = [localHost];

/** Names of all hosts. */
export const hostNames: readonly string[] = hosts.map(({ name }) => name);

/** The host of that name; undefined if this version has none. */
export function findHost(name: string): Host | undefined {
  return hosts.find((host) => host.name === name);
}
