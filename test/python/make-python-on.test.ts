// The environment of another host, made through a real sshd. No package is needed to see that it is whole.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findByEnvironment } from '../../src/hosts/processes.ts';
import { createSshHost, type SshHost } from '../../src/hosts/ssh.ts';
import { listManaged } from '../../src/python/environment.ts';
import { type MadePythonOn, makePythonOn } from '../../src/python/make-python-on.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';
import { type FaultyProxy, startProxy } from '../hosts/proxy.ts';
import { type Sshd, startSshd } from '../hosts/sshd.ts';

let sshd: Sshd;
let proxy: FaultyProxy;
let host: SshHost;
let dir: string;
let requirements: string;
let lines: string[];

beforeAll(async () => {
  sshd = await startSshd();
  proxy = await startProxy(sshd.port);
  sshd.addAlias('dropping', proxy.port);
  dir = await mkdtemp(join(tmpdir(), 'lorch-setup-'));
  requirements = join(dir, 'requirements.txt');
  await writeFile(requirements, '# nothing\n');
  const agentFile = join(findTrainerDir(), 'agent.py');
  host = createSshHost({ name: 'box', destination: 'dropping', dir, agentFile, env: sshd.env });
});

afterAll(async () => {
  host.close();
  await proxy.close();
  await sshd.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 20 });
});

function make(
  more: { force?: true; requirements?: string; onLine?(line: string): void } = {},
): Promise<MadePythonOn> {
  lines = [];
  return makePythonOn({
    host,
    dir,
    variant: 'cpu',
    requirements,
    onSilence: () => undefined,
    onLine: (line) => lines.push(line),
    ...more,
  });
}

it('makes it, though the connection drops, and finds it complete afterwards', async () => {
  const made = await make({
    onLine(line) {
      lines.push(line);
      proxy.drop();
    },
  });
  expect(made).toMatchObject({ made: true, logFile: join(dir, 'setup/setup.log') });
  expect(lines[0]).toMatch(/^· Python 3\.\d+\.\d+ \(.*\) → /);
  const [found] = await listManaged(host, dir);
  expect(found).toMatchObject({ dir: made.dir, marker: { need: 'trainer', variant: 'cpu' } });
  expect((await stat(join(made.dir, 'bin/python'))).isFile()).toBe(true);
  expect(await make()).toMatchObject({ dir: made.dir, made: false });
});

it('says why it cannot be made, and leaves no complete one', async () => {
  const wrong = join(dir, 'wrong.txt');
  await writeFile(wrong, '/no/such/folder/of-a-package\n');
  await expect(make({ requirements: wrong })).rejects.toMatchObject({
    code: 'E012',
    message: 'the environment on box cannot be made: pip install failed with exit code 1',
  });
  expect(await listManaged(host, dir)).toHaveLength(1);
  expect(await readFile(join(dir, 'setup/setup.log'), 'utf8')).toContain('of-a-package');
});

it('notices that its program there was killed', async () => {
  const killed = make({
    force: true,
    onLine(line) {
      if (!line.startsWith('· Python')) return;
      void findByEnvironment(host, `HOME=${process.env.HOME}`).then(async (all) => {
        for (const { pid } of all) {
          const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
          if (words.includes(join(dir, 'setup'))) process.kill(pid, 'SIGKILL');
        }
      });
    },
  });
  await expect(killed).rejects.toMatchObject({ code: 'E012', message: expect.stringContaining('was ended') });
});
