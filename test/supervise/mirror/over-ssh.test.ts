// A whole run on a host behind a real sshd, with a connection that drops meanwhile.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { fetchRun } from '../../../src/app/runs/fetch-run.ts';
import { createSshHost } from '../../../src/hosts/ssh.ts';
import { findTrainerDir } from '../../../src/python/trainer-dir.ts';
import { listAttempts } from '../../../src/store/attempts.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { startProxy } from '../../hosts/proxy.ts';
import { startSshd } from '../../hosts/sshd.ts';
import { makeWorkspace } from '../workspace.ts';

it('a run over ssh is started once, copied byte by byte while the connection drops, and its results are fetched', async () => {
  const sshd = await startSshd();
  const proxy = await startProxy(sshd.port);
  sshd.addAlias('dropping', proxy.port);
  const there = join(sshd.dir, 'lorch');
  mkdirSync(there);
  writeFileSync(join(there, 'end'), '');
  const agentFile = join(findTrainerDir(), 'agent.py');
  const host = {
    ...createSshHost({ name: 'box', destination: 'dropping', dir: there, agentFile, env: sshd.env }),
    keepRemote: true,
  };
  const workspace = await makeWorkspace('saves', {
    findHost: (name) => (name === 'box' ? host : undefined),
    timing: { pollMs: 10, mirrorEveryMs: 20, aliveEveryMs: 50, goneAfterMs: 1000 },
  });
  try {
    const run = await workspace.addRun('one', { resources: { host: 'box', gpus: 0 } });
    mkdirSync(join(workspace.runDir(run), 'data'));
    writeFileSync(join(workspace.runDir(run), 'data', 'train.safetensors'), 'rows');
    await startAttempt(workspace.deps, run);
    const following = followRun(workspace.deps, run);
    for (let i = 0; i < 3; i += 1) {
      await sleep(300);
      proxy.drop();
    }
    expect((await following).status).toMatchObject({ phase: 'finished', outcome: 'succeeded' });
    expect(listAttempts(workspace.store, run)).toHaveLength(1);
    const far = join(there, 'runs', run);
    for (const file of ['events.jsonl', 'train.log', 'exit.json', 'claim.json'])
      expect(readFileSync(join(workspace.runDir(run), 'attempt-1', file), 'utf8'), file).toBe(
        readFileSync(join(far, 'attempt-1', file), 'utf8'),
      );
    expect(readFileSync(join(far, 'launches'), 'utf8').trim().split('\n')).toHaveLength(1);
    expect((await fetchRun(workspace.deps, run)).fetched).toMatchObject({ checkpoint: 'checkpoint-3' });
    const weights = join('adapter', 'adapter_model.safetensors');
    expect(readFileSync(join(workspace.runDir(run), weights))).toEqual(readFileSync(join(far, weights)));
    expect(existsSync(join(far, 'adapter'))).toBe(true);
  } finally {
    host.close();
    await workspace.close();
    await proxy.close();
    await sshd.close();
  }
});
