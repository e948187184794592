// What every host offers: files and commands on one machine. Calls may be repeated: after a lost connection the same
// call gives the same result. Paths are the host's own.
import type { RunFile } from '../run/run-file.ts';

export interface FileFacts {
  kind: FileKind;
  bytes: number;
  modifiedMs: number;
}

/** `other`: a pipe, a socket or a device. */
export type FileKind = 'file' | 'folder' | 'link' | 'other';

export interface FolderEntry {
  name: string;
  kind: FileKind;
}

export interface RunOptions {
  /** What the command reads from stdin; nothing by default. */
  stdin?: string;
  /** All of its environment; the host's own by default. */
  env?: Readonly<Record<string, string>>;
  /** The command is ended after this time. */
  timeoutMs?: number;
}

export interface RunResult {
  /** Null: it was killed, or could not be started. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Why it could not be started, as the end of a sentence that named the program; null if it was started. */
  error: string | null;
}

export interface Host {
  /** As `resources.host` names it. */
  readonly name: string;
  /** Name of the scheduler that starts jobs on it. */
  readonly scheduler: string;
  /** What is run there when the last attempt has ended, for example to turn the machine off; a setting of the host. */
  readonly onDone?: string;
  /** Whether run folders stay on it after their results are fetched; by default those of finished runs are removed. */
  readonly keepRemote?: boolean;
  /** Its folder of run folders, for a workspace that keeps them in `home` on this machine. */
  runsDir(home: string): string;
  /** Up to `length` bytes of a file from byte `from`; none after its end. */
  read(file: string, from: number, length: number): Promise<RunFile<Buffer>>;
  /** What is at a path, or with `follow` at the end of its links; null if nothing is, or nothing that may be looked at. */
  stat(path: string, options?: { follow?: boolean }): Promise<FileFacts | null>;
  /** What a folder holds; null if there is no such folder, or it may not be looked into. */
  list(dir: string): Promise<FolderEntry[] | null>;
  /** Makes or replaces a file with `text` in one step; missing folders are made with mode 0700. */
  put(file: string, text: string): Promise<void>;
  /** Makes a file with `text` in one step, and missing folders. False: there is one already, and it stays as it is. */
  createOnce(file: string, text: string): Promise<boolean>;
  /** Removes a file or a folder, and the folder that it is in if nothing else is in that. */
  remove(path: string): Promise<void>;
  /** Copies the file `from` of this machine to `to` on the host. Throws UserError R134 if it has not this hash, and then `to` is as before; `tell` is told how many bytes are sent. */
  upload(from: string, to: string, sha256: string, tell?: (bytes: number) => void): Promise<void>;
  /** Copies the file `from` of the host to `to` on this machine, in the same way. */
  download(from: string, to: string, sha256: string, tell?: (bytes: number) => void): Promise<void>;
  /** Runs a command to its end. Values are its arguments as they are: no shell reads them. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
}
