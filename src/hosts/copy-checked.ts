import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../diagnostics/system-error.ts';
import { UserError } from '../diagnostics/user-error.ts';
import { hashFile } from './hash-file.ts';
import { takeName } from './put.ts';
import { temporaryFor } from './temporary.ts';

/** Copies a file so that `to` has exactly the bytes of this hash, or is as it was. A copy that is there already is kept. */
export async function copyChecked(
  from: string,
  to: string,
  sha256: string,
  tell?: (bytes: number) => void,
): Promise<void> {
  if ((await hashIfThere(to)) === sha256) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const temporary = temporaryFor(to);
  const hash = createHash('sha256');
  let copied = 0;
  const out = await open(temporary, 'wx', 0o600);
  try {
    for await (const chunk of createReadStream(from)) {
      hash.update(chunk);
      await out.writeFile(chunk);
      copied += chunk.length;
      tell?.(copied);
    }
    await out.sync();
    const found = hash.digest('hex');
    if (found !== sha256)
      throw new UserError('R134', `${from} has changed: its SHA-256 is ${found}, not ${sha256}`, {
        hint: 'another process may be writing it; try again, or train from the config again',
        exitCode: 1,
      });
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    await out.close();
  }
  await takeName(temporary, to);
}

async function hashIfThere(path: string): Promise<string | null> {
  try {
    return await hashFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error))) return null;
    throw error;
  }
}
