// Whether a process lives is asked of its host; a connection that breaks is no answer.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { findByEnvironment, identify, isAlive } from '../../src/hosts/processes.ts';
import { createSshHost } from '../../src/hosts/ssh.ts';
import { unreachable } from '../../src/hosts/unreachable.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';
import { startSshd } from './sshd.ts';

it('a process is seen over ssh as at home, and is not gone if the host does not answer', async () => {
  const sshd = await startSshd();
  const agentFile = join(findTrainerDir(), 'agent.py');
  const host = createSshHost({ name: 'box', destination: 'box', dir: sshd.dir, agentFile, env: sshd.env });
  const env = { ...process.env, LORCH_ATTEMPT: `over-ssh-${process.pid}` };
  const child = spawn('sleep', ['600'], { env });
  try {
    const here = await identify(localHost, Number(child.pid));
    if (!here) throw new Error('not started');
    expect(await identify(host, here.pid)).toEqual(here);
    expect(await isAlive(host, here)).toBe(true);
    expect(await isAlive(host, { ...here, start: '1' })).toBe(false);
    expect(await isAlive(host, { ...here, boot_id: 'another' })).toBe(false);
    expect(await findByEnvironment(host, `LORCH_ATTEMPT=${env.LORCH_ATTEMPT}`)).toMatchObject([here]);
    const silent = async () => {
      throw unreachable('box', 'the connection broke');
    };
    for (const broken of [
      { ...host, read: silent },
      { ...host, read: silent, list: silent, run: silent },
    ])
      await expect(isAlive(broken, here)).rejects.toMatchObject({ code: 'R165' });
  } finally {
    child.kill('SIGKILL');
    host.close();
    await sshd.close();
  }
});
