// `lorch host setup`: the trainer's environment on a host of the workspace.
import { dirname } from 'node:path';
import { UserError } from '../../diagnostics/user-error.ts';
import { localHost } from '../../hosts/local.ts';
import { type MadePythonOn, type MakePythonOnOptions, makePythonOn } from '../../python/make-python-on.ts';
import { requireHost } from '../../supervise/attempt-context.ts';
import type { SuperviseDeps } from '../../supervise/deps.ts';

/** Throws UserError R130 (no such host), E010, E012, R165. */
export async function setUpHost(
  deps: Pick<SuperviseDeps, 'findHost' | 'runsDir'>,
  name: string,
  options: Omit<MakePythonOnOptions, 'host' | 'dir'>,
): Promise<MadePythonOn> {
  const host = requireHost(deps, name);
  if (host.name === localHost.name)
    throw new UserError('E013', 'this machine is set up by `lorch setup`', { exitCode: 2 });
  return await makePythonOn({ ...options, host, dir: dirname(host.runsDir(deps.runsDir)) });
}
