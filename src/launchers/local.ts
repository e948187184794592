// Starts a run on this machine.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../diagnostics/user-error.ts';
import type { Launcher, LaunchSpec } from './launcher.ts';
import { findByEnvironment, isAlive } from './process-identity.ts';

export const localLauncher: Launcher = {
  name: 'local',
  start,
  isAlive,
  findByToken: (token) => findByEnvironment('LORCH_ATTEMPT', token),
  async signal(identity, signal, whom) {
    if (!(await isAlive(identity))) return false;
    try {
      process.kill(whom === 'group' ? -identity.pid : identity.pid, signal);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return false;
      throw error;
    }
  },
  read,
  async stat(file) {
    try {
      const { size, mtimeMs } = await stat(file);
      return { bytes: size, modifiedMs: Math.round(mtimeMs) };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  },
  createOnce,
  async remove(file) {
    await rm(file, { force: true });
    await rmdir(dirname(file)).catch((error) => {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'ENOENT') throw error;
    });
  },
  async put(file, text) {
    const temporary = await writeTemporary(file, text);
    await rename(temporary, file);
  },
};

async function start(spec: LaunchSpec): Promise<void> {
  // The shim's own complaints go where the trainer's output will: a shim that cannot start must leave a reason.
  const log = await open(
    join(spec.attemptDir, 'train.log'),
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
    0o600,
  );
  try {
    // -I -S: the shim needs the standard library alone, and nothing of the user's may slow or break it.
    const child = execa(spec.python, ['-I', '-S', spec.shim, spec.attemptDir, '--', ...spec.command], {
      detached: true,
      cleanup: false,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: log.createWriteStream(),
      buffer: false,
      reject: false,
      cwd: spec.attemptDir,
      env: spec.env,
      extendEnv: false,
    });
    // Nobody waits for it here: it may outlive us by days.
    child.unref();
    const spawned = await Promise.race([
      new Promise<null>((resolve) => child.once('spawn', () => resolve(null))),
      child.then((result) => result),
    ]);
    if (spawned?.exitCode === undefined && spawned?.cause)
      throw new UserError('R131', `${spec.python} cannot be started: ${messageOf(spawned.cause)}`, {
        hint: '`lorch doctor` checks the Python environment',
        exitCode: 3,
        cause: spawned.cause,
      });
  } finally {
    await log.close();
  }
}

async function read(file: string, from: number, length: number): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(Math.min(length, Math.max(0, (await handle.stat()).size - from)));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

async function createOnce(file: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(file, text);
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    // Over NFS a lost reply makes a link that worked look like one that failed.
    if (codeOf(error) === 'EEXIST') return (await stat(temporary)).nlink === 2;
    return await createWithoutLinks(file, text);
  } finally {
    await unlink(temporary);
  }
}

// Some file systems have no hard links; readers there see an incomplete file for a moment, and take it for none.
async function createWithoutLinks(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function writeTemporary(file: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(file), `.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return temporary;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
