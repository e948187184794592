// `lorch host doctor`: every part of another machine that a run there needs.
import type { HostSettings } from '../../config/hosts.ts';
import { gib } from '../../diagnostics/gib.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { listGpus } from '../../hosts/gpus.ts';
import type { Host } from '../../hosts/host.ts';
import { findBasePython } from '../../python/base-python.ts';
import { listManaged } from '../../python/environment.ts';
import type { Diagnosis } from './diagnosis.ts';

const GiB = 2 ** 30;
/** Times of events and files are compared between the two machines. */
const clockSeconds = 5;

/** Looks at everything that can be looked at; a host that cannot be reached is one broken part. */
export async function diagnoseHost(
  host: Host,
  { ssh, dir }: HostSettings,
  now: () => number,
): Promise<Diagnosis[]> {
  const begun = now();
  try {
    await host.stat('/');
  } catch (error) {
    return [broken('host', 'connection', error)];
  }
  const value = `${ssh}, ${((now() - begun) / 1000).toFixed(1)} s to connect`;
  return [
    { part: 'host', name: 'connection', state: 'good', value },
    await clockOf(host, now),
    await lingerOf(host),
    await diskOf(host, dir),
    await baseOf(host),
    await environmentOf(host, dir),
    ...(await gpusOf(host)),
    await hubOf(host),
  ];
}

function broken(part: Diagnosis['part'], name: string, error: unknown): Diagnosis {
  if (!(error instanceof UserError)) throw error;
  return { part, name, state: 'broken', value: error.message, ...(error.hint ? { fix: error.hint } : {}) };
}

async function clockOf(host: Host, now: () => number): Promise<Diagnosis> {
  const base = { part: 'host', name: 'clock' } as const;
  const before = now();
  const { stdout } = await host.run(['date', '+%s']);
  const there = Number(stdout.trim());
  if (!Number.isFinite(there) || there === 0)
    return { ...base, state: 'warning', value: '`date` does not tell the time' };
  // It was asked somewhere between the two.
  const apart = Math.max(0, before / 1000 - there - 1, there - now() / 1000);
  if (apart <= clockSeconds) return { ...base, state: 'good', value: 'the same as here' };
  return {
    ...base,
    state: 'warning',
    value: `${Math.round(apart)} s apart from the clock here; times in the run's log will look wrong`,
    fix: 'switch time synchronisation on there',
  };
}

// systemd may end what a user left running when their last connection closes.
async function lingerOf(host: Host): Promise<Diagnosis> {
  const base = { part: 'host', name: 'after logout' } as const;
  const script =
    'busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager KillUserProcesses 2>/dev/null; loginctl show-user "$(id -un)" -p Linger 2>/dev/null';
  const { stdout } = await host.run(['sh', '-c', script], { timeoutMs: 10_000 });
  if (!/^b true/m.test(stdout) || /Linger=yes/.test(stdout))
    return { ...base, state: 'good', value: 'processes go on' };
  return {
    ...base,
    state: 'broken',
    value: 'the system ends your processes when you log out (KillUserProcesses)',
    fix: 'type there: loginctl enable-linger',
  };
}

async function diskOf(host: Host, dir: string): Promise<Diagnosis> {
  const base = { part: 'workspace', name: 'disk' } as const;
  const script =
    'd=$1; while [ ! -e "$d" ]; do d=$(dirname "$d"); done; [ -d "$d" ] && [ -w "$d" ] && echo writable; df -Pk "$d" | tail -n 1';
  const { stdout } = await host.run(['sh', '-c', script, 'sh', dir]);
  const free = Number(stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]) * 1024;
  if (!stdout.startsWith('writable'))
    return {
      ...base,
      state: 'broken',
      value: `${dir} cannot be made or written`,
      fix: 'name another `dir` in lorch.yaml',
    };
  if (!Number.isFinite(free))
    return { ...base, state: 'warning', value: '`df` does not tell the free space' };
  const value = `${gib(free)} free in ${dir}`;
  return free > 10 * GiB
    ? { ...base, state: 'good', value }
    : {
        ...base,
        state: 'warning',
        value,
        fix: 'free some space there: an environment with CUDA takes about 8 GB',
      };
}

/** A Python that an environment can be made from. */
async function baseOf(host: Host): Promise<Diagnosis> {
  try {
    const { version, executable } = await findBasePython(null, host);
    return { part: 'python', name: 'python', state: 'good', value: `${version}, ${executable}` };
  } catch (error) {
    return broken('python', 'python', error);
  }
}

async function environmentOf(host: Host, dir: string): Promise<Diagnosis> {
  const [newest] = await listManaged(host, dir);
  const base = { part: 'python', name: 'environment' } as const;
  return newest
    ? {
        ...base,
        state: 'good',
        value: `${newest.dir}, Python ${newest.marker.python}, torch ${newest.marker.variant}`,
      }
    : { ...base, state: 'absent', value: 'none yet', fix: `lorch host setup ${host.name}` };
}

async function gpusOf(host: Host): Promise<Diagnosis[]> {
  const gpus = await listGpus(host);
  if (gpus === null)
    return [
      {
        part: 'gpu',
        name: 'nvidia',
        state: 'broken',
        value: 'nvidia-smi does not answer',
        fix: 'restart the machine, or its driver',
      },
    ];
  if (gpus.length === 0)
    return [
      {
        part: 'gpu',
        name: 'nvidia',
        state: 'absent',
        value: 'no NVIDIA GPU; training runs on the CPU, for small models',
      },
    ];
  return gpus.map(({ index, name, memoryBytes, usedBytes, processes, uuid }) => {
    const others = processes.length === 0 ? 'free' : `${processes.length} programs compute on it`;
    const value = `${name}, ${gib(memoryBytes)}, ${gib(usedBytes)} used, ${others}, ${uuid}`;
    return { part: 'gpu', name: `gpu ${index}`, state: processes.length === 0 ? 'good' : 'warning', value };
  });
}

const reachHub = `
import os, sys, urllib.error, urllib.request
url = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
try:
    urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=10)
except urllib.error.HTTPError:
    pass
except Exception as error:
    sys.exit(f"{url} cannot be reached: {error}")
print(url)
`;

async function hubOf(host: Host): Promise<Diagnosis> {
  const base = { part: 'hub', name: 'reach' } as const;
  const { code, stdout, stderr } = await host.run(['python3', '-I', '-c', reachHub], { timeoutMs: 20_000 });
  if (code === 0) return { ...base, state: 'good', value: stdout.trim() };
  return {
    ...base,
    state: 'warning',
    value: stderr.trim().split('\n').at(-1) || 'no answer in 20 s',
    fix: 'use a base model in a folder, or let the machine reach the hub',
  };
}
