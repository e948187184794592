// This machine.
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode, systemReason } from '../diagnostics/system-error.ts';
import { readRunPart } from '../run/run-file.ts';
import { copyChecked } from './copy-checked.ts';
import { createOnce } from './create-once.ts';
import type { FileKind, Host, RunOptions, RunResult } from './host.ts';
import { put } from './put.ts';

export const localHost: Host = {
  name: 'local',
  scheduler: 'process',
  runsDir: (home) => home,
  async read(file, from, length) {
    return readRunPart(file, from, length);
  },
  async stat(path, { follow = false } = {}) {
    try {
      const found = (follow ? statSync : lstatSync)(path, { throwIfNoEntry: false });
      return found ? { kind: kindOf(found), bytes: found.size, modifiedMs: Math.round(found.mtimeMs) } : null;
    } catch (error) {
      if (unseen.has(systemCode(error))) return null;
      throw error;
    }
  },
  async list(dir) {
    try {
      return readdirSync(dir, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        kind: kindOf(entry),
      }));
    } catch (error) {
      if (unseen.has(systemCode(error))) return null;
      throw error;
    }
  },
  put,
  createOnce,
  async remove(path) {
    await rm(path, { force: true, recursive: true });
    await rmdir(dirname(path)).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error))) throw error;
    });
  },
  upload: copyChecked,
  download: copyChecked,
  run,
};

/** Nothing is there, or nothing that this user may see. */
const unseen = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

function kindOf(found: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): FileKind {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'link' : 'other';
}

async function run(
  [program = '', ...args]: readonly string[],
  { stdin = '', env, timeoutMs }: RunOptions = {},
): Promise<RunResult> {
  // Most commands start no other.
  const { execa } = await import('execa');
  const result = await execa(program, args, {
    input: stdin,
    reject: false,
    stripFinalNewline: false,
    ...(env && { env, extendEnv: false }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs, killSignal: 'SIGKILL' as const }),
  });
  // The program may end without reading its stdin: what counts is how it ended.
  const started = result.exitCode !== undefined || result.signal !== undefined || result.timedOut;
  return {
    code: result.exitCode ?? null,
    stdout: result.stdout,
    stderr: result.stderr,
    error: started ? null : systemReason(result.cause),
  };
}
