// A job is a process of its own session, started at once; its handle is its pid, start time and boot.
import { UserError } from '../diagnostics/user-error.ts';
import { type FoundProcess, findByEnvironment, isAlive, signal, wordsOf } from '../hosts/processes.ts';
import { readAttemptFile } from '../hosts/read-files.ts';
import { checkAttemptFile, type ProcessIdentity } from '../run/attempt-files.ts';
import type { Job, JobHandle, LaunchSpec, Scheduler } from './scheduler.ts';

export const processScheduler: Scheduler = {
  name: 'process',
  start,
  async state(job, handle) {
    const { claimed, shim, trainer } = await partsOf(job, handle);
    for (const part of [shim, trainer]) if (part && (await lives(job, part))) return { state: 'running' };
    // The files say all there is to know.
    if (claimed && trainer) return { state: 'gone' };
    const leads = (await findAll(job)).some((each) => each.leader);
    return { state: leads ? 'running' : 'gone' };
  },
  async stop(job, handle, force) {
    // Asked first: a shim that has not started its trainer yet then never does.
    const asked = await ask(job, handle);
    return force ? (await killAll(job, handle)) || asked : asked;
  },
};

const minute = 60_000;

async function start({ host, paths, python, shim, command, env }: LaunchSpec): Promise<JobHandle | null> {
  // -I -S: the shim needs the standard library alone, and nothing of the user's may slow or break it.
  const argv = [python, '-I', '-S', shim, '--detach', paths.dir, '--', ...command];
  const { code, stdout, stderr, error } = await host.run(argv, { env, timeoutMs: minute });
  // Killed, it may have started the shim before: the claim will tell.
  if (code === null && error === null) return null;
  if (code === 0) return parseHandle(stdout);
  const reason = error ?? stderr.trim().split('\n').at(-1) ?? '';
  throw new UserError('R131', `${python} cannot be started: ${reason || `exit code ${code}`}`, {
    hint: '`lorch doctor` checks the Python environment',
    exitCode: 3,
  });
}

function parseHandle(text: string): JobHandle | null {
  try {
    return JSON.parse(text) as JobHandle;
  } catch {
    return null;
  }
}

/** Shim and trainer, as far as they are known. `claimed`: the shim is the one that holds the claim. */
async function partsOf({ host, paths }: Job, handle: JobHandle | null) {
  const [claim, trainer] = await Promise.all([
    readAttemptFile(host, paths, 'claim'),
    readAttemptFile(host, paths, 'trainer'),
  ]);
  const claimed = claim.state === 'read' && claim.value.by === 'shim' ? claim.value : null;
  return {
    claimed: claimed !== null,
    shim: claimed ?? identityOf(handle),
    trainer: trainer.state === 'read' ? trainer.value : null,
  };
}

function identityOf(handle: JobHandle | null): ProcessIdentity | null {
  const checked = checkAttemptFile('trainer', handle);
  return typeof checked === 'string' ? null : checked.value;
}

async function ask(job: Job, handle: JobHandle | null): Promise<boolean> {
  const { shim, trainer } = await partsOf(job, handle);
  for (const part of [shim, trainer])
    if (part && (await isOurs(job, part)) && (await signal(job.host, part.pid, 'TERM', 'process')))
      return true;
  return false;
}

/** Everything but the shim: the trainer with its group, and workers that lead groups of their own. */
async function killAll(job: Job, handle: JobHandle | null): Promise<boolean> {
  const { shim } = await partsOf(job, handle);
  const isShim = ({ pid, start: begun }: FoundProcess) => shim?.pid === pid && shim.start === begun;
  const found = (await findAll(job)).filter((each) => !isShim(each));
  let killed = false;
  for (const each of [...found.filter(({ leader }) => leader), ...found.filter(({ leader }) => !leader)])
    if (await isOurs(job, each))
      killed = (await signal(job.host, each.pid, 'KILL', each.leader ? 'group' : 'process')) || killed;
  return killed;
}

function findAll({ host, token }: Job): Promise<FoundProcess[]> {
  return findByEnvironment(host, `${tokenName}=${token}`);
}

async function lives(job: Job, identity: ProcessIdentity): Promise<boolean> {
  return (await isAlive(job.host, identity)) && (await ownerOf(job, identity.pid)) !== 'another';
}

async function isOurs(job: Job, identity: ProcessIdentity): Promise<boolean> {
  return (await isAlive(job.host, identity)) && (await ownerOf(job, identity.pid)) === 'this';
}

const tokenName = 'LORCH_ATTEMPT';

/**
 * Whether a process is the job's: by the token in its environment, or, if the token is lost, by another token and the
 * run folder among its arguments. `unknown`: its environment cannot be read.
 */
async function ownerOf({ host, token, runDir }: Job, pid: number): Promise<'this' | 'another' | 'unknown'> {
  const environment = await wordsOf(host, pid, 'environ');
  if (environment === null) return 'unknown';
  if (environment.includes(`${tokenName}=${token}`)) return 'this';
  if (!environment.some((word) => word.startsWith(`${tokenName}=`))) return 'another';
  const command = (await wordsOf(host, pid, 'cmdline')) ?? [];
  return command.some((word) => word === runDir || word.startsWith(`${runDir}/attempt-`))
    ? 'this'
    : 'another';
}
