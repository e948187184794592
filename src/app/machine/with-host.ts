// A host that lorch.yaml names, connected as long as something is done with it.
import type { HostSettings } from '../../config/hosts.ts';
import { nearest } from '../../config/suggest.ts';
import type { Workspace } from '../../config/workspace.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import type { Host } from '../../hosts/host.ts';
import { openHosts } from './workspace-hosts.ts';

/** Throws UserError R130. */
export async function withHost<T>(
  { hosts }: Pick<Workspace, 'hosts'>,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  work: (host: Host, settings: HostSettings) => Promise<T>,
): Promise<T> {
  const settings = hosts.find((each) => each.name === name);
  const opened = openHosts(settings ? [settings] : [], env);
  const host = opened.find(name);
  if (!settings || !host) throw noSuchHost(name, hosts);
  try {
    return await work(host, settings);
  } finally {
    opened.close();
  }
}

function noSuchHost(name: string, hosts: readonly HostSettings[]): UserError {
  const names = hosts.map((each) => each.name);
  const near = nearest(name, names);
  const known =
    names.length > 0
      ? `lorch.yaml names ${names.join(', ')}`
      : 'lorch.yaml names none yet; see docs/hosts.md';
  return new UserError('R130', `there is no host ${name}`, {
    hint: near ? `did you mean ${near}?` : known,
  });
}
