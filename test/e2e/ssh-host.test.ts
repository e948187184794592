// A real training on another host, reached through a real sshd whose sessions are killed while it works.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../hosts/sshd.ts';
import { makeWorkspace, python, type TestWorkspace } from './workspace.ts';

describe.skipIf(!python)('a run on an ssh host', () => {
  let workspace: TestWorkspace;
  let sshd: Sshd;
  let there: string;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    sshd = await startSshd();
    there = join(sshd.dir, 'lorch');
    const environment = dirname(dirname(python ?? ''));
    await mkdir(join(there, 'python'), { recursive: true });
    await symlink(environment, join(there, 'python', basename(environment)));
    await workspace.write('lorch.yaml', `python: ${python}\nhosts: { box: { ssh: box, dir: ${there} } }\n`);
    const config = await readFile(join(workspace.root, 'configs/run.yaml'), 'utf8');
    await workspace.write('configs/far.yaml', `${config}\nresources: { host: box }\n`);
    Object.assign(workspace.env, { PATH: sshd.env.PATH, HF_TOKEN: 'hf_secretsecretsecretsecret' });
  });
  afterAll(async () => {
    await sshd.close();
    await workspace.remove();
  });

  async function isTraining(): Promise<boolean> {
    const runs = await readdir(join(there, 'runs')).catch(() => []);
    return runs.some((run) => existsSync(join(there, 'runs', run, 'attempt-1/trainer.json')));
  }

  /** Kills what sshd has started for sessions, and with it ssh and the agent. */
  async function killSessions(): Promise<number> {
    const { stdout } = await execa('ps', ['-A', '-ww', '-o', 'pid=,args=']);
    const agents = stdout
      .split('\n')
      .filter((line) => line.includes('"agent", "exec"') && !line.includes('ssh -'));
    let killed = 0;
    for (const line of agents) {
      const pid = Number.parseInt(line.trim(), 10);
      const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      if (!environ.includes('LORCH_LOGIN=1') || !environ.includes(` ${sshd.port}`)) continue;
      process.kill(pid, 'SIGKILL');
      killed += 1;
    }
    return killed;
  }

  it('ends as at home, with every session killed again and again', async () => {
    let training = true;
    const trained = workspace.lorch(['train', 'configs/far.yaml', '--unreviewed', 'a test']).finally(() => {
      training = false;
    });
    // Before that, a lost command ends `train` with R165, and nothing has begun.
    while (training && !(await isTraining())) await sleep(100);
    let killed = 0;
    while (training) {
      await sleep(1500);
      killed += await killSessions();
    }
    const result = await trained;
    expect(result.exitCode, result.stderr).toBe(0);
    expect(killed).toBeGreaterThan(1);
    const id = result.stdout.trim();
    const run = join(workspace.root, 'runs', id);
    expect((await workspace.lorch(['show', id, '--json'])).json()).toMatchObject({ status: 'succeeded' });
    // What was cut off while it was fetched is fetched now.
    const fetched = await workspace.lorch(['fetch', id]);
    expect(fetched.exitCode, fetched.stderr).toBe(0);
    expect(existsSync(join(run, 'adapter/adapter_model.safetensors'))).toBe(true);
    const events = readFileSync(join(run, 'attempt-1/events.jsonl'), 'utf8').trimEnd().split('\n');
    expect(events.map((line) => JSON.parse(line).seq)).toEqual(events.map((_, i) => i));
    // The results are here, so that nothing of the run has to stay there.
    expect(existsSync(join(there, 'runs', id))).toBe(false);
    const found = await execa('grep', ['-rlF', 'hf_secretsecret', run, there], { reject: false });
    expect(found.stdout).toBe('');
  });
});
