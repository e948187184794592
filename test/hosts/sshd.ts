// A real sshd on loopback: own port, own host key, own user key; the client is the system's ssh with a config of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Sshd {
  /** As `ssh` takes it. */
  alias: string;
  port: number;
  /** Its home folder there; the environment of the client, with an `ssh` that knows the alias. */
  env: Record<string, string | undefined>;
  dir: string;
  /** Another alias by which the same sshd is reached, through a port of a proxy. */
  addAlias(alias: string, port: number): void;
  close(): Promise<void>;
}

const sshd = '/usr/sbin/sshd';

/** Whether this machine has an sshd; `.ci/run` installs it. */
export const hasSshd = existsSync(sshd);

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts one. `shell`: what the login prints before anything else. */
export async function startSshd({ prints = '' }: { prints?: string } = {}): Promise<Sshd> {
  const dir = mkdtempSync(join(tmpdir(), 'lorch-sshd-'));
  const path = (name: string): string => join(dir, name);
  for (const key of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(key)]);
  execFileSync('cp', [path('user.pub'), path('authorized_keys')]);
  chmodSync(path('authorized_keys'), 0o600);
  const port = await freePort();
  const before = prints === '' ? '' : `printf '%s' '${prints}'; `;
  writeFileSync(
    path('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${path('host')}`,
      `AuthorizedKeysFile ${path('authorized_keys')}`,
      `PidFile ${path('pid')}`,
      'PasswordAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin yes',
      `SetEnv LORCH_LOGIN=1`,
      ...(before ? [`ForceCommand ${before}sh -c "$SSH_ORIGINAL_COMMAND"`] : []),
      '',
    ].join('\n'),
  );
  // Debian's sshd wants it; only root can make it, and only root needs it.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const server = spawn(sshd, ['-D', '-e', '-f', path('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await listening(server);
  const aliases = [{ alias: 'box', port }];
  execFileSync(
    'sh',
    ['-c', `printf '[127.0.0.1]:${port} %s\\n' "$(cut -d' ' -f1,2 host.pub)" > known_hosts`],
    {
      cwd: dir,
    },
  );
  const writeConfig = (): void =>
    writeFileSync(
      path('ssh_config'),
      aliases
        .map((each) =>
          [
            `Host ${each.alias}`,
            '  HostName 127.0.0.1',
            `  Port ${each.port}`,
            `  User ${userInfo().username}`,
            `  IdentityFile ${path('user')}`,
            '  IdentitiesOnly yes',
            `  UserKnownHostsFile ${path('known_hosts')}`,
            `  HostKeyAlias [127.0.0.1]:${port}`,
            '',
          ].join('\n'),
        )
        .join('\n'),
    );
  writeConfig();
  mkdirSync(path('bin'));
  // The product runs `ssh`, which reads the user's config; this one reads ours.
  writeFileSync(path('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${path('ssh_config')}' "$@"\n`, {
    mode: 0o755,
  });
  return {
    alias: 'box',
    port,
    dir,
    env: { HOME: dir, PATH: `${path('bin')}:${process.env.PATH}` },
    addAlias(alias, at) {
      aliases.push({ alias, port: at });
      writeConfig();
    },
    async close() {
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function listening(server: ChildProcess): Promise<void> {
  let said = '';
  server.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  while (!said.includes('Server listening')) {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${said}`);
    await sleep(10);
  }
}
