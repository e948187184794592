// An ssh host whose connection drops, and machines that ssh cannot use: through a real sshd.
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBytes } from '../../src/hosts/read-files.ts';
import { createSshHost, type SshHost } from '../../src/hosts/ssh.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';
import { type FaultyProxy, startProxy } from './proxy.ts';
import { type Sshd, startSshd } from './sshd.ts';

const agentFile = join(findTrainerDir(), 'agent.py');
let sshd: Sshd;
let proxy: FaultyProxy;
let host: SshHost;
let dir: string;

beforeAll(async () => {
  sshd = await startSshd();
  proxy = await startProxy(sshd.port);
  sshd.addAlias('dropping', proxy.port);
  dir = await mkdtemp(join(tmpdir(), 'lorch-drops-'));
  host = createSshHost({ name: 'box', destination: 'dropping', dir, agentFile, env: sshd.env });
});

afterAll(async () => {
  host.close();
  await proxy.close();
  await sshd.close();
  await rm(dir, { recursive: true, force: true });
});

const reach = (destination: string, env = sshd.env) =>
  createSshHost({ name: 'box', destination, dir, agentFile, env });

/** Drops the connection again and again while `work` goes on, each time after it has brought an answer or more. */
async function dropping<T>(times: number, work: Promise<T>): Promise<T> {
  let going = true;
  const done = work.finally(() => {
    going = false;
  });
  for (let i = 0; i < times && going; i += 1) {
    // The handshake takes about half of this.
    while (going && proxy.brought() < 6000 + i * 500) await sleep(1);
    proxy.drop();
  }
  return await done;
}

describe('a connection that drops', () => {
  it('carries a file both ways, byte by byte, and goes on where it was', async () => {
    const bytes = randomBytes(24 * 2 ** 20);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const [from, there, back] = [join(dir, 'from'), join(dir, 'there'), join(dir, 'back')];
    await writeFile(from, bytes);
    await dropping(4, host.upload(from, there, sha256));
    expect((await readFile(there)).equals(bytes)).toBe(true);
    await dropping(4, host.download(there, back, sha256));
    expect((await readFile(back)).equals(bytes)).toBe(true);
  });

  it('gives a growing file to a follower, each byte once', async () => {
    const file = join(dir, 'events');
    let whole = '';
    const write = (async () => {
      for (let i = 0; i < 200; i += 1) {
        const line = `${i} ${'x'.repeat(i * 10)}\n`;
        whole += line;
        await appendFile(file, line);
        await sleep(5);
      }
    })();
    const read = async (): Promise<string> => {
      let seen = '';
      for (let over = false; ; ) {
        const part = (await readBytes(host, file, Buffer.byteLength(seen), 4096)).toString();
        seen += part;
        if (over && part === '') return seen;
        over ||= await Promise.race([write.then(() => true), sleep(1).then(() => false)]);
      }
    };
    expect(await dropping(12, read())).toBe(whole);
  });

  it('creates a file once, and who created it is told so though the answer was lost', async () => {
    const won = await dropping(
      3,
      (async () => {
        const each: boolean[] = [];
        for (let i = 0; i < 60; i += 1) each.push(await host.createOnce(join(dir, `once-${i}`), `text ${i}`));
        return each;
      })(),
    );
    expect(won.every(Boolean)).toBe(true);
    expect(await host.createOnce(join(dir, 'once-0'), 'other')).toBe(false);
  });

  it('does not run a command twice: nobody knows whether it was run', async () => {
    await host.stat(dir);
    const running = host.run(['sh', '-c', `echo once >> '${dir}/ran'; sleep 600`]);
    while ((await readFile(join(dir, 'ran'), 'utf8').catch(() => '')) === '') await sleep(5);
    proxy.drop();
    expect(await running).toEqual({ code: null, stdout: '', stderr: '', error: null });
    await host.stat(dir);
    expect(await readFile(join(dir, 'ran'), 'utf8')).toBe('once\n');
  });
});

describe('a machine that ssh cannot use', () => {
  const refused = async (box: SshHost) => {
    const error = await box.stat('/').then(
      () => null,
      (reason: unknown) => reason,
    );
    box.close();
    return error;
  };

  it('is named, with the reason', async () => {
    expect(await refused(reach('no-such-machine.invalid'))).toMatchObject({
      code: 'R165',
      message: 'box cannot be reached: there is no host of that name',
      hint: expect.stringContaining('`ssh no-such-machine.invalid`'),
    });
    await writeFile(join(sshd.dir, 'known'), '');
    const strange = { ...sshd.env, PATH: `${dir}/bin:${process.env.PATH}` };
    await rm(join(dir, 'bin'), { recursive: true, force: true });
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(dir, 'bin'));
    const wrapper = (flags: string) =>
      writeFile(join(dir, 'bin/ssh'), `#!/bin/sh\nexec '${sshd.dir}/bin/ssh' ${flags} "$@"\n`, {
        mode: 0o755,
      });
    await wrapper(`-o UserKnownHostsFile=${sshd.dir}/known`);
    expect(await refused(reach('box', strange))).toMatchObject({
      code: 'R165',
      message: expect.stringContaining('ssh does not know its key'),
    });
    await wrapper('-o PubkeyAuthentication=no');
    expect(await refused(reach('box', strange))).toMatchObject({
      code: 'R165',
      message: expect.stringContaining('it does not let you in'),
    });
    expect(await refused(reach('box', { ...sshd.env, PATH: dir }))).toMatchObject({
      message: expect.stringContaining('there is no ssh on this machine'),
    });
  });

  it('may greet before the agent speaks, but not without end', async () => {
    const greeting = await startSshd({ prints: 'Welcome to the box' });
    const box = reach('box', greeting.env);
    expect((await box.stat('/'))?.kind).toBe('folder');
    box.close();
    await greeting.close();
  });

  it('is found again when it is back', async () => {
    proxy.shut();
    const found = host.stat(dir);
    await sleep(800);
    proxy.open();
    expect((await found)?.kind).toBe('folder');
  });
});
