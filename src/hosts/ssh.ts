// A machine that the user reaches by ssh. One connection a process; whatever is lost with a connection is asked again.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode, systemReason } from '../diagnostics/system-error.ts';
import { UserError } from '../diagnostics/user-error.ts';
import type { RunFile } from '../run/run-file.ts';
import { type AgentConnection, ConnectionLost, connectAgent, type Reply } from './agent-connection.ts';
import { copyChecked } from './copy-checked.ts';
import type { FileFacts, FolderEntry, Host, RunOptions, RunResult } from './host.ts';
import { temporaryFor } from './temporary.ts';
import { unreachable } from './unreachable.ts';

export interface SshHostOptions {
  name: string;
  /** As ssh takes it: an alias of the user's ssh_config, or user@machine. */
  destination: string;
  /** Its folder for lorch; `~` is the home folder there. */
  dir: string;
  onDone?: string;
  /** trainer/agent.py of this machine. */
  agentFile: string;
  /** The environment of ssh itself: its agent socket, PATH and home. */
  env: Readonly<Record<string, string | undefined>>;
}

export interface SshHost extends Host {
  /** Ends the connection; another call makes a new one. */
  close(): void;
}

const chunkBytes = 1024 * 1024;
/** How long a call goes on trying while the host does not answer. */
const patienceMs = 20_000;
const firstPauseMs = 250;

/** A host behind ssh. Nothing is connected before the first call. */
export function createSshHost(options: SshHostOptions): SshHost {
  const { name, dir } = options;
  let current: Promise<AgentConnection> | null = null;

  const connection = async (): Promise<AgentConnection> => {
    const known = await current?.catch(() => null);
    if (known && !known.over) return known;
    current = connectAgent(options.destination, options.agentFile, options.env);
    return await current;
  };
  const fail = (error: ConnectionLost): never => {
    const hint = error.final ? `\`ssh ${options.destination}\` shows whether it lets you in` : undefined;
    throw unreachable(name, error.message, hint);
  };
  /** Asks again after a lost connection, for a while; `again` tells the host that it may know the request. */
  const ask = async (op: string, fields: Record<string, unknown>, body?: Buffer): Promise<Reply> => {
    const until = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs, again = false; ; pauseMs *= 2, again = true) {
      try {
        return await (await connection()).request(op, again ? { ...fields, again } : fields, body);
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        if (error.final || performance.now() + pauseMs > until) return fail(error);
        await sleep(pauseMs);
      }
    }
  };
  const run = async (argv: readonly string[], { stdin = '', env, timeoutMs }: RunOptions = {}) => {
    const fields = { argv, env: env ?? null, timeout_ms: timeoutMs ?? null };
    // Asked before the command is: one that was never sent may be sent again.
    await ask('ping', {});
    const open = await connection();
    try {
      return runResult(await open.request('run', fields, Buffer.from(stdin)));
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      // It may have been run, or not: nobody knows, and a command is not repeated.
      return { code: null, stdout: '', stderr: '', error: null };
    }
  };

  return {
    name,
    scheduler: 'process',
    ...(options.onDone === undefined ? {} : { onDone: options.onDone }),
    runsDir: () => `${dir}/runs`,
    async read(file, from, length) {
      return await readFile(ask, file, from, length);
    },
    async stat(path, { follow = false } = {}) {
      const found = await orNull(ask('stat', { path, follow }));
      return found ? factsOf(found.ok) : null;
    },
    async list(path) {
      const found = await orNull(ask('list', { path }));
      return found
        ? (found.ok as [string, FolderEntry['kind']][]).map(([entry, kind]) => ({ name: entry, kind }))
        : null;
    },
    async put(file, text) {
      await ask('put', { file }, Buffer.from(text));
    },
    async createOnce(file, text) {
      const { ok } = await ask('create_once', { file }, Buffer.from(text));
      return (ok as { made: boolean }).made;
    },
    async remove(path) {
      await ask('remove', { path });
    },
    async upload(from, to, sha256, tell) {
      await upload(ask, from, to, sha256, tell);
    },
    async download(from, to, sha256, tell) {
      await download(ask, from, to, sha256, tell);
    },
    run,
    close() {
      void current?.then((open) => open.close()).catch(() => undefined);
      current = null;
    },
  };
}

type Ask = (op: string, fields: Record<string, unknown>, body?: Buffer) => Promise<Reply>;

/** Nothing is there, or nothing that this user may see. */
const unseen = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

async function orNull(reply: Promise<Reply>): Promise<Reply | null> {
  return await reply.catch((error: unknown) => {
    if (unseen.has(systemCode(error))) return null;
    throw error;
  });
}

function factsOf(ok: unknown): FileFacts {
  const { kind, bytes, modified_ms } = ok as { kind: FileFacts['kind']; bytes: number; modified_ms: number };
  return { kind, bytes, modifiedMs: modified_ms };
}

/** Faults of the file itself, as run/run-file.ts has them. */
const faults = new Set(['EISDIR', 'ENOTDIR', 'ENXIO', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENODEV']);

async function readFile(ask: Ask, file: string, from: number, length: number): Promise<RunFile<Buffer>> {
  const parts: Buffer[] = [];
  for (let filled = 0; ; ) {
    const wanted = Math.min(length - filled, 16 * chunkBytes);
    let reply: Reply;
    try {
      reply = await ask('read', { file, from: from + filled, length: wanted });
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOENT') return { state: 'missing' };
      if (code === 'ELOOP' || code === 'EMLINK') return { state: 'damaged', reason: 'it is a link' };
      if (faults.has(code)) return { state: 'damaged', reason: systemReason(error) };
      throw error;
    }
    const { not_file } = reply.ok as { not_file?: string };
    if (not_file)
      return {
        state: 'damaged',
        reason: not_file === 'folder' ? 'it is a folder' : 'it is a device or a pipe, not a file',
      };
    parts.push(reply.body);
    filled += reply.body.length;
    if (reply.body.length < wanted || filled >= length) return { state: 'read', value: Buffer.concat(parts) };
  }
}

function runResult({ ok, body }: Reply): RunResult {
  const { code, error, out } = ok as { code: number | null; error: string | null; out: number };
  return {
    code,
    stdout: body.toString('utf8', 0, out),
    stderr: body.toString('utf8', out),
    error: error === null ? null : systemReason(Object.assign(new Error(error), { code: error })),
  };
}

function changed(file: string, found: string | null, sha256: string): UserError {
  return new UserError('R134', `${file} has changed: its SHA-256 is ${found}, not ${sha256}`, {
    hint: 'another process may be writing it; try again, or train from the config again',
    exitCode: 1,
  });
}

async function upload(
  ask: Ask,
  from: string,
  to: string,
  sha256: string,
  tell?: (bytes: number) => void,
): Promise<void> {
  const begun = (await ask('begin_upload', { to, sha256 })).ok as { there: boolean; at: number };
  if (begun.there) return;
  const { size } = await stat(from);
  let at = begun.at > size ? 0 : begun.at;
  for await (const chunk of createReadStream(from, { start: at, highWaterMark: chunkBytes })) {
    await ask('add_part', { to, sha256, at }, chunk as Buffer);
    at += (chunk as Buffer).length;
    tell?.(at);
  }
  const { found } = (await ask('end_upload', { to, sha256, bytes: at })).ok as { found: string | null };
  if (found !== sha256) throw changed(from, found, sha256);
}

/** Written beside `to` first; then taken over as a file of this machine is copied, with its hash checked. */
async function download(
  ask: Ask,
  from: string,
  to: string,
  sha256: string,
  tell?: (bytes: number) => void,
): Promise<void> {
  const temporary = temporaryFor(to);
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const out = await open(temporary, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    for (let at = 0; ; ) {
      const part = await readFile(ask, from, at, chunkBytes);
      if (part.state !== 'read') throw changed(from, null, sha256);
      if (part.value.length === 0) break;
      hash.update(part.value);
      await out.writeFile(part.value);
      at += part.value.length;
      tell?.(at);
    }
    const found = hash.digest('hex');
    if (found !== sha256) throw changed(from, found, sha256);
    await copyChecked(temporary, to, sha256);
  } finally {
    await out.close();
    await rm(temporary, { force: true });
  }
}
