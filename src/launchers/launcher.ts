// What a way of starting processes must offer. ssh and slurm answer the same questions from another machine.
import type { ProcessIdentity } from '../run/attempt-files.ts';
import type { RunFile } from '../run/run-file.ts';

export interface LaunchSpec {
  /** Exists, mode 0700. */
  attemptDir: string;
  /** The interpreter that runs the shim. */
  python: string;
  /** src/trainer/shim.py */
  shim: string;
  /** The trainer: argv, never a shell line. */
  command: readonly string[];
  /** All of the job's environment, the attempt's token (LORCH_ATTEMPT) included. */
  env: Readonly<Record<string, string>>;
}

export interface FoundProcess extends ProcessIdentity {
  /** Leads its process group: the trainer itself, not one of its workers. */
  leader: boolean;
}

/** Whose process it must be: files of a run folder may name any process. */
export interface ProcessOwner {
  /** In the environment of every process of the attempt. */
  token: string;
  runDir: string;
}

export interface FileFacts {
  bytes: number;
  modifiedMs: number;
}

export interface Launcher {
  readonly name: string;
  /** Starts the shim so that it outlives us, and returns once it is spawned. Rejects with UserError R131. */
  start(spec: LaunchSpec): Promise<void>;
  /** Whether exactly this process still lives: same pid, start time and boot, not a zombie, and not known to be somebody else's. */
  isAlive(identity: ProcessIdentity, owner: ProcessOwner): Promise<boolean>;
  /** The living processes that carry `LORCH_ATTEMPT=token` in their environment. */
  findByToken(token: string): Promise<FoundProcess[]>;
  /** Signals a process, or the group it leads. False: it was gone, or cannot be seen to be the owner's. */
  signal(
    identity: ProcessIdentity,
    owner: ProcessOwner,
    signal: 'SIGTERM' | 'SIGKILL',
    whom: 'process' | 'group',
  ): Promise<boolean>;
  /** Up to `length` bytes of a file from byte `from`; empty at its end, or if there is no such file. */
  read(file: string, from: number, length: number): Promise<Buffer>;
  /** A small JSON file, as `check` takes it: the value, or (text) what is wrong with it. */
  readJson<T>(file: string, check: (value: unknown) => { value: T } | string): Promise<RunFile<T>>;
  /** Size of a file, and when it was written last; null if there is none, or if it is something else than a file. */
  stat(file: string): Promise<FileFacts | null>;
  /** Makes `file` with `text` in one step. False: it exists already, and is left as it is. */
  createOnce(file: string, text: string): Promise<boolean>;
  /** Removes `file`, and its folder if nothing else is in it. */
  remove(file: string): Promise<void>;
  /** Makes or replaces `file` with `text` in one step; missing folders are made with mode 0700. */
  put(file: string, text: string): Promise<void>;
}
