import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSshHost } from '../../src/hosts/ssh.ts';
import { findTrainerDir } from '../../src/python/trainer-dir.ts';
import { testHost } from './contract.ts';
import { startSshd } from './sshd.ts';

const agentFile = join(findTrainerDir(), 'agent.py');

testHost('ssh', async () => {
  const sshd = await startSshd();
  const dir = await mkdtemp(join(tmpdir(), 'lorch-host-'));
  const host = createSshHost({ name: 'box', destination: 'box', dir, agentFile, env: sshd.env });
  return {
    host,
    dir,
    async close() {
      host.close();
      await sshd.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
});
