import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLeftovers, findLeftovers, setupVariable } from '../../src/python/end-leftovers.ts';
import { withLock } from '../../src/python/lock.ts';

let dir: string;
let lock: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-lock-'));
  lock = join(dir, 'a', 'lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A lock file as another process would have left it. */
async function leave(pid: number): Promise<void> {
  await withLock(lock, {}, async () => undefined);
  writeFileSync(lock, JSON.stringify({ pid, token: 'theirs' }));
}

describe('withLock', () => {
  it('lets one in at a time and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const work = () =>
      withLock(lock, {}, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((done) => setTimeout(done, 20));
        inside -= 1;
      });
    await Promise.all([work(), work(), work()]);
    expect(most).toBe(1);
    expect(existsSync(lock)).toBe(false);
  });

  it('is free again after a failure', async () => {
    await expect(withLock(lock, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(lock, {}, async () => 'in')).toBe('in');
  });

  it('takes over from a process that is dead', async () => {
    const { pid } = spawnSync('true');
    await leave(pid);
    expect(await withLock(lock, {}, async () => 'in')).toBe('in');
  });

  it('takes over from a holder that stopped touching its lock, whoever has its pid now', async () => {
    await leave(process.pid);
    const past = new Date(Date.now() - 60_000);
    utimesSync(lock, past, past);
    expect(await withLock(lock, {}, async () => 'in')).toBe('in');
  });

  it('ends what a dead holder started before it takes over, the processes below those too', async () => {
    const { pid } = spawnSync('true');
    await leave(pid);
    // The shell stands for pip, sleep for what pip starts; nothing tells either that their parent is gone.
    const env = { ...process.env, [setupVariable]: 'theirs' };
    spawn('sh', ['-c', 'sleep 300 & wait'], { env, stdio: 'ignore', detached: true }).unref();
    while ((await findLeftovers('theirs')).length < 2) await new Promise((done) => setTimeout(done, 20));
    const left = await withLock(lock, { onDead: endLeftovers }, () => findLeftovers('theirs'));
    expect(left).toEqual([]);
  });

  it('waits for a living holder, names it, and can be stopped', async () => {
    const holder = spawn('sleep', ['30']);
    try {
      await leave(holder.pid ?? 0);
      const controller = new AbortController();
      const seen: number[] = [];
      const waiting = withLock(
        lock,
        {
          signal: controller.signal,
          onWait: (pid) => {
            seen.push(pid);
            controller.abort();
          },
        },
        async () => 'in',
      );
      await expect(waiting).rejects.toThrow();
      expect(seen).toEqual([holder.pid]);
      expect(existsSync(lock)).toBe(true);
    } finally {
      holder.kill('SIGKILL');
    }
  });
});
