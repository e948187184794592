// Which process is which. A pid alone is not enough: it is given to somebody else soon after.
import { readdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { ProcessIdentity } from '../run/attempt-files.ts';
import type { FoundProcess, ProcessOwner } from './launcher.ts';
import { type ProcStat, parseProcStat } from './pid.ts';

/** Reads the system's table of processes, by /proc if there is one and by `ps` elsewhere (macOS). */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.boot_id !== null && identity.boot_id !== (await bootId())) return false;
  const stat = await readStat(identity.pid);
  if (!stat || stat.state.startsWith('Z') || stat.state.startsWith('X')) return false;
  return identity.start === null || identity.start === stat.start;
}

/** Living processes whose environment holds `name=value`. Other users' processes cannot be seen, nor need they be. */
export async function findByEnvironment(name: string, value: string): Promise<FoundProcess[]> {
  const wanted = `${name}=${value}`;
  const pids = (await hasProc()) ? await pidsFromProc(wanted) : await pidsFromPs(wanted);
  const boot = await bootId();
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readStat(pid);
      if (!stat || /^[ZX]/.test(stat.state)) return null;
      return { pid, start: stat.start, boot_id: boot, leader: stat.group === pid };
    }),
  );
  return found.filter((each) => each !== null);
}

/**
 * Whether a process is the owner's: by the token in its environment, or, if the token is lost, by another token and
 * the run folder among its arguments. `unknown`: its environment cannot be read.
 */
export async function ownerOf(
  pid: number,
  name: string,
  { token, runDir }: ProcessOwner,
): Promise<'this' | 'another' | 'unknown'> {
  const environment = await wordsOf(pid, 'environ');
  if (environment === null) return 'unknown';
  if (environment.includes(`${name}=${token}`)) return 'this';
  if (!environment.some((word) => word.startsWith(`${name}=`))) return 'another';
  const command = (await wordsOf(pid, 'cmdline')) ?? [];
  return command.some((word) => word === runDir || word.startsWith(`${runDir}/attempt-`))
    ? 'this'
    : 'another';
}

// `ps` shows the arguments and the environment in one line.
async function wordsOf(pid: number, file: 'environ' | 'cmdline'): Promise<string[] | null> {
  const text = (await hasProc())
    ? await readText(`/proc/${pid}/${file}`)
    : await output('ps', ['-E', '-ww', '-o', 'command=', '-p', String(pid)]);
  // Empty for a moment while a process becomes another program.
  return text ? text.split((await hasProc()) ? '\0' : /\s+/) : null;
}

async function pidsFromProc(wanted: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const hits = await Promise.all(
    names.map(async (name) => {
      const environ = await readText(`/proc/${name}/environ`);
      return environ?.split('\0').includes(wanted) ? Number(name) : null;
    }),
  );
  return hits.filter((pid) => pid !== null);
}

async function pidsFromPs(wanted: string): Promise<number[]> {
  const text = await output('ps', ['-A', '-E', '-ww', '-o', 'pid=,command=']);
  return (text ?? '')
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(wanted))
    .map((line) => Number.parseInt(line.trim(), 10))
    .filter(Number.isInteger);
}

async function readStat(pid: number): Promise<ProcStat | null> {
  if (!(await hasProc())) return statFromPs(pid);
  const text = await readText(`/proc/${pid}/stat`);
  return text === null ? null : parseProcStat(text);
}

/** As `ps` tells it; the start time is the same text that the shim stored from `ps -o lstart=`. */
export async function statFromPs(pid: number): Promise<ProcStat | null> {
  const rest = await output('ps', ['-o', 'state=,pgid=', '-p', String(pid)]);
  const start = await output('ps', ['-o', 'lstart=', '-p', String(pid)]);
  const [state, group] = rest?.split(/\s+/) ?? [];
  return state && group && start ? { state, group: Number(group), start } : null;
}

let knownBoot: Promise<string | null> | undefined;

function bootId(): Promise<string | null> {
  knownBoot ??= readText('/proc/sys/kernel/random/boot_id').then(
    async (text) => text?.trim() ?? (await output('sysctl', ['-n', 'kern.bootsessionuuid'])),
  );
  return knownBoot;
}

let knownProc: Promise<boolean> | undefined;

function hasProc(): Promise<boolean> {
  knownProc ??= readText('/proc/self/stat').then((text) => text !== null);
  return knownProc;
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'latin1');
  } catch {
    return null;
  }
}

async function output(command: string, args: string[]): Promise<string | null> {
  const { stdout, failed } = await execa(command, args, {
    reject: false,
    timeout: 5000,
    stdin: 'ignore',
    env: { LC_ALL: 'C' },
  });
  return failed || stdout.trim() === '' ? null : stdout.trim();
}
