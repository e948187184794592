// A second host of this machine: its run folders lie elsewhere, and its connection can break at any call.
import type { Host } from '../../../src/hosts/host.ts';
import { localHost } from '../../../src/hosts/local.ts';
import { unreachable } from '../../../src/hosts/unreachable.ts';

export interface FarHost {
  host: Host;
  /** Calls that got through. */
  calls: number;
  /** Whether the next call breaks, before or after the host has done what it asks for. */
  breaks: () => 'before' | 'after' | false;
}

export function makeFarHost(name = 'far'): FarHost {
  const far: FarHost = {
    calls: 0,
    breaks: () => false,
    host: {
      ...localHost,
      name,
      runsDir: (home) => `${home}-${name}/runs`,
    },
  };
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    const breaks = far.breaks();
    if (breaks === 'before') throw unreachable(name, 'the connection broke');
    const result = await call();
    far.calls += 1;
    if (breaks === 'after') throw unreachable(name, 'the connection broke');
    return result;
  };
  const { host } = far;
  far.host = {
    ...host,
    read: (...args) => through(() => host.read(...args)),
    stat: (...args) => through(() => host.stat(...args)),
    list: (...args) => through(() => host.list(...args)),
    put: (...args) => through(() => host.put(...args)),
    createOnce: (...args) => through(() => host.createOnce(...args)),
    remove: (...args) => through(() => host.remove(...args)),
    upload: (...args) => through(() => host.upload(...args)),
    download: (...args) => through(() => host.download(...args)),
    run: (...args) => through(() => host.run(...args)),
  };
  return far;
}

/** Breaks about one call in `n`, half of them after the host has done it. */
export function breakSome(n: number, random: () => number): FarHost['breaks'] {
  return () => (random() * n < 1 ? (random() < 0.5 ? 'before' : 'after') : false);
}
