// The processes of a host: by /proc if it has one, by `ps` elsewhere (macOS). A pid alone names no process: it is given
// to somebody else soon after.
import type { ProcessIdentity } from '../run/attempt-files.ts';
import type { Host } from './host.ts';
import { type ProcStat, parseProcStat } from './pid.ts';
import { readBytes } from './read-files.ts';
import { isUnreachable, unreachable } from './unreachable.ts';

type ProcessHost = Pick<Host, 'name' | 'read' | 'list' | 'run'>;

export interface FoundProcess extends ProcessIdentity {
  /** Leads its process group: the trainer itself, not one of its workers. */
  leader: boolean;
}

/** Whether exactly this process lives: same pid, start time and boot, and not a zombie. */
export async function isAlive(host: ProcessHost, identity: ProcessIdentity): Promise<boolean> {
  const boot = identity.boot_id === null ? null : await bootId(host);
  // A host that does not tell its boot says nothing about the process.
  if (boot !== null && boot !== identity.boot_id) return false;
  const stat = await readStat(host, identity.pid);
  if (!stat || /^[ZX]/.test(stat.state)) return false;
  return identity.start === null || identity.start === stat.start;
}

/** What tells the process of this number from later ones that get it; null if there is none. */
export async function identify(host: ProcessHost, pid: number): Promise<ProcessIdentity | null> {
  const stat = await readStat(host, pid);
  return stat && { pid, start: stat.start, boot_id: await bootId(host) };
}

/** Whether a process of this number is there. */
export async function isTaken(host: ProcessHost, pid: number): Promise<boolean> {
  return (await readStat(host, pid)) !== null;
}

/** Living processes whose environment holds `variable` (`NAME=value`). Other users' processes cannot be seen, nor need they be. */
export async function findByEnvironment(host: ProcessHost, variable: string): Promise<FoundProcess[]> {
  const pids = (await hasProc(host)) ? await pidsFromProc(host, variable) : await pidsFromPs(host, variable);
  if (pids.length === 0) return [];
  const boot = await bootId(host);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readStat(host, pid);
      if (!stat || /^[ZX]/.test(stat.state)) return null;
      return { pid, start: stat.start, boot_id: boot, leader: stat.group === pid };
    }),
  );
  return found.filter((each) => each !== null);
}

/** The words of a process's environment or arguments; null if they cannot be read. */
export async function wordsOf(
  host: ProcessHost,
  pid: number,
  which: 'environ' | 'cmdline',
): Promise<string[] | null> {
  const proc = await hasProc(host);
  // `ps` shows the arguments and the environment in one line.
  const text = proc
    ? await readText(host, `/proc/${pid}/${which}`)
    : await output(host, ['ps', '-E', '-ww', '-o', 'command=', '-p', String(pid)]);
  // Empty for a moment while a process becomes another program.
  const words = text ? text.split(proc ? '\0' : /\s+/) : null;
  // macOS hides the environment of some programs: the arguments alone say nothing about it.
  if (!proc && which === 'environ' && !words?.some((word) => /^[A-Za-z_]\w*=/.test(word))) return null;
  return words;
}

/** Signals a process, or the group that it leads. False: there is none any more, or it is somebody else's. */
export async function signal(
  host: ProcessHost,
  pid: number,
  name: 'TERM' | 'KILL',
  whom: 'process' | 'group',
): Promise<boolean> {
  // The shell's own kill: there is none in /bin on some small systems.
  const target = whom === 'group' ? `-${pid}` : String(pid);
  const { code } = await host.run(['sh', '-c', 'kill -s "$1" -- "$2"', 'sh', name, target]);
  return code === 0;
}

async function pidsFromProc(host: ProcessHost, variable: string): Promise<number[]> {
  const names = ((await host.list('/proc')) ?? [])
    .map(({ name }) => name)
    .filter((name) => /^\d+$/.test(name));
  const hits = await Promise.all(
    names.map(async (name) => {
      const environ = await readText(host, `/proc/${name}/environ`);
      return environ?.split('\0').includes(variable) ? Number(name) : null;
    }),
  );
  return hits.filter((pid) => pid !== null);
}

async function pidsFromPs(host: ProcessHost, variable: string): Promise<number[]> {
  const text = await output(host, ['ps', '-A', '-E', '-ww', '-o', 'pid=,command=']);
  return (text ?? '')
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(variable))
    .map((line) => Number.parseInt(line.trim(), 10))
    .filter(Number.isInteger);
}

async function readStat(host: ProcessHost, pid: number): Promise<ProcStat | null> {
  if (!(await hasProc(host))) return statFromPs(host, pid);
  const text = await readText(host, `/proc/${pid}/stat`);
  return text ? parseProcStat(text) : null;
}

/** As `ps` tells it; the start time is the same text that the shim stored from `ps -o lstart=`. */
export async function statFromPs(host: ProcessHost, pid: number): Promise<ProcStat | null> {
  const rest = await output(host, ['ps', '-o', 'state=,pgid=', '-p', String(pid)]);
  const start = await output(host, ['ps', '-o', 'lstart=', '-p', String(pid)]);
  const [state, group] = rest?.split(/\s+/) ?? [];
  return state && group && start ? { state, group: Number(group), start } : null;
}

async function bootId(host: ProcessHost): Promise<string | null> {
  const text = await readText(host, '/proc/sys/kernel/random/boot_id');
  return text?.trim() || (await output(host, ['sysctl', '-n', 'kern.bootsessionuuid']));
}

const knownProc = new WeakMap<ProcessHost, Promise<boolean>>();

function hasProc(host: ProcessHost): Promise<boolean> {
  const known = knownProc.get(host) ?? readText(host, '/proc/self/stat').then((text) => Boolean(text));
  knownProc.set(host, known);
  // What a broken connection says is no answer.
  known.catch(() => knownProc.delete(host));
  return known;
}

/** More than the system lets an environment take. */
const environmentBytes = 4 * 1024 * 1024;

async function readText(host: ProcessHost, file: string): Promise<string | null> {
  try {
    return (await readBytes(host, file, 0, environmentBytes)).toString('latin1') || null;
  } catch (error) {
    // Nothing is known of a process on a host that does not answer.
    if (isUnreachable(error)) throw error;
    // A process that ends while it is looked at.
    return null;
  }
}

async function output(host: ProcessHost, argv: readonly string[]): Promise<string | null> {
  // As the shim asks (shim.py): the start time is compared as text, and `ps` writes it in the zone of TZ.
  const { code, stdout, error } = await host.run(['env', '-u', 'TZ', 'LC_ALL=C', ...argv], {
    timeoutMs: 5000,
  });
  if (code === null && error === null) throw unreachable(host.name, 'a command there was cut off');
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}
