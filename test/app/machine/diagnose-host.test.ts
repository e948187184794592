// What `lorch host doctor` and `lorch host list` tell of a real sshd.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sshd, startSshd } from '../../hosts/sshd.ts';
import { runCli } from '../../run-cli.ts';

let sshd: Sshd;
let root: string;

beforeAll(async () => {
  sshd = await startSshd();
  root = await mkdtemp(join(tmpdir(), 'lorch-ws-'));
});

afterAll(async () => {
  await sshd.close();
  await rm(root, { recursive: true, force: true });
});

interface Part {
  name: string;
  state: string;
  value: string;
  fix?: string;
}

async function doctor(name: string, dir: string) {
  const yaml = `hosts:\n  box: { ssh: box, dir: ${dir} }\n  gone: { ssh: gone.invalid, dir: ${dir} }\n`;
  await writeFile(join(root, 'lorch.yaml'), yaml);
  const { stdout, exitCode } = await runCli(['host', 'doctor', name, '--json'], { cwd: root, env: sshd.env });
  const { parts, healthy } = JSON.parse(stdout) as { parts: Part[]; healthy: boolean };
  expect(exitCode).toBe(healthy ? 0 : 3);
  return Object.fromEntries(parts.map((part) => [part.name, part]));
}

it('looks at every part of a machine', async () => {
  const found = await doctor('box', join(root, 'there'));
  expect(found.connection).toMatchObject({
    state: 'good',
    value: expect.stringMatching(/^box, .* s to connect$/),
  });
  expect(found.clock).toMatchObject({ state: 'good', value: 'the same as here' });
  expect(found.disk?.value).toMatch(/free in .*there$/);
  expect(found.python?.state).toBe('good');
  expect(found.environment).toMatchObject({ state: 'absent', fix: 'lorch host setup box' });
  expect(Object.keys(found)).toEqual(expect.arrayContaining(['after logout', 'reach']));
});

it('says what is broken, and how to fix it', async () => {
  expect((await doctor('box', '/etc/hostname/lorch')).disk).toMatchObject({ state: 'broken' });
  const found = await doctor('gone', '/tmp/lorch');
  expect(Object.keys(found)).toEqual(['connection']);
  expect(found.connection).toMatchObject({
    state: 'broken',
    value: 'gone cannot be reached: there is no host of that name',
    fix: '`ssh gone.invalid` shows whether it lets you in',
  });
  const at = { cwd: root, env: sshd.env };
  expect(await runCli(['host', 'doctor', 'bix'], at)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('did you mean box?'),
  });
  expect((await runCli(['host', 'doctor', 'box'], at)).stdout).toMatch(/^Host\n {2}✓ connection/);
});
