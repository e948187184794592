// A host that a run names and the workspace does not: nobody knows how to reach it, so nothing of it is decided here.
import type { Host } from './host.ts';
import { unreachable } from './unreachable.ts';

/** Every call throws UserError R165. */
export function absentHost(name: string): Host {
  const refuse = async (): Promise<never> => {
    throw unreachable(
      name,
      'lorch.yaml names no such host',
      `name it under \`hosts\` in lorch.yaml again; until then its runs stay as they are`,
    );
  };
  return {
    name,
    scheduler: 'process',
    // Never the workspace's own folder.
    runsDir: () => `/no-such-host/${name}`,
    read: refuse,
    stat: refuse,
    list: refuse,
    put: refuse,
    createOnce: refuse,
    remove: refuse,
    upload: refuse,
    download: refuse,
    run: refuse,
  };
}
