// Starts a run on this machine.
import { randomBytes } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import { link, mkdir, open, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { namingFile } from '../diagnostics/system-failure.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { type RunFile, readRunBytes, readRunJson } from '../run/run-file.ts';
import type { Launcher, LaunchSpec } from './launcher.ts';
import { findByEnvironment, isAlive, ownerOf } from './process-identity.ts';

export const localLauncher: Launcher = {
  name: 'local',
  start,
  isAlive: async (identity, owner) =>
    (await isAlive(identity)) && (await ownerOf(identity.pid, tokenName, owner)) !== 'another',
  findByToken: (token) => findByEnvironment(tokenName, token),
  async signal(identity, owner, signal, whom) {
    if (!(await isAlive(identity)) || (await ownerOf(identity.pid, tokenName, owner)) !== 'this')
      return false;
    try {
      process.kill(whom === 'group' ? -identity.pid : identity.pid, signal);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ESRCH') return false;
      throw error;
    }
  },
  async read(file, from, length) {
    return readRunBytes(file, from, length);
  },
  readJson,
  async stat(file) {
    try {
      const found = lstatSync(file, { throwIfNoEntry: false });
      return found?.isFile() ? { bytes: found.size, modifiedMs: Math.round(found.mtimeMs) } : null;
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(String(codeOf(error)))) return null;
      throw error;
    }
  },
  createOnce,
  async remove(file) {
    await rm(file, { force: true, recursive: true });
    await rmdir(dirname(file)).catch((error) => {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'ENOENT') throw error;
    });
  },
  put,
};

const tokenName = 'LORCH_ATTEMPT';

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
    // It is not awaited here: it may outlive this process by days.
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

async function readJson<T>(
  file: string,
  check: (value: unknown) => { value: T } | string,
): Promise<RunFile<T>> {
  const read = readRunJson(file, check);
  if (read.state !== 'damaged') return read;
  // Without hard links it is a folder with the file in it (createOnce).
  const inside = readRunJson(join(file, basename(file)), check);
  return inside.state === 'read' ? inside : read;
}

async function put(file: string, text: string): Promise<void> {
  const temporary = await writeTemporary(file, text);
  try {
    await rename(temporary, file).catch(async (error: unknown) => {
      if (!['EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(String(codeOf(error)))) throw error;
      // A folder in its place holds nothing that lorch reads; it is kept under another name.
      await rename(file, `${file}.damaged-${randomBytes(3).toString('hex')}`);
      await rename(temporary, file);
    });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
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
    // Another controller may have taken it for a leftover of a killed one.
    await rm(temporary, { force: true });
  }
}

/**
 * Some file systems have no hard links. A folder with the file in it then takes the name: renaming a folder fails if
 * there is a file or a folder that holds something, so that one wins, and a half-written file is never visible.
 */
async function createWithoutLinks(file: string, text: string): Promise<boolean> {
  const folder = join(dirname(file), temporaryName());
  await mkdir(folder, { mode: 0o700 });
  try {
    const inside = await open(join(folder, basename(file)), 'wx', 0o600);
    try {
      await inside.writeFile(text);
      await inside.sync();
    } finally {
      await inside.close();
    }
    await rename(folder, file);
    return true;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (['ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EISDIR'].includes(String(codeOf(error)))) return false;
    throw error;
  }
}

async function writeTemporary(file: string, text: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(file), temporaryName());
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    namingFile(file)(error);
  } finally {
    await handle.close();
  }
  return temporary;
}

function temporaryName(): string {
  return `.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
