import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findWorkspace } from '../../src/config/workspace.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lorch-workspace-'));
  mkdirSync(join(root, 'deep/er'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (text: string, folder = '') => writeFileSync(join(root, folder, 'lorch.yaml'), text);

describe('the workspace', () => {
  it('is the nearest folder above that has a lorch.yaml', async () => {
    write('# marks the workspace\n');
    expect(await findWorkspace(join(root, 'deep/er'))).toEqual({
      root,
      python: null,
      runsDir: join(root, 'runs'),
      pricePerHour: null,
      checks: null,
      notify: null,
      hosts: [],
      queue: { cpuSlots: 1 },
    });
    write('', 'deep');
    expect((await findWorkspace(join(root, 'deep/er')))?.root).toBe(join(root, 'deep'));
  });

  it('is nowhere where no folder has one', async () => {
    expect(await findWorkspace(join(root, 'deep'))).toBeNull();
  });

  it('is not marked by a folder of that name', async () => {
    mkdirSync(join(root, 'lorch.yaml'));
    expect(await findWorkspace(root)).toBeNull();
  });

  it('has paths relative to itself, or to the home folder', async () => {
    write('python: .venv\nruns_dir: /data/runs\n');
    expect(await findWorkspace(join(root, 'deep'))).toEqual({
      root,
      python: join(root, '.venv'),
      runsDir: '/data/runs',
      pricePerHour: null,
      checks: null,
      notify: null,
      hosts: [],
      queue: { cpuSlots: 1 },
    });
    write('python: ~/envs/lora\n');
    expect(await findWorkspace(root, '/home/me')).toMatchObject({ python: '/home/me/envs/lora' });
  });

  it('has a price per hour, and refuses values that are not a price', async () => {
    write('price_per_hour: 2.5\n');
    expect((await findWorkspace(root))?.pricePerHour).toBe(2.5);
    for (const wrong of ['-1', 'cheap', '[2]', '.inf']) {
      write(`price_per_hour: ${wrong}\n`);
      await expect(findWorkspace(root), wrong).rejects.toMatchObject({ findings: [{ code: 'C011' }] });
    }
  });

  it('names who is told when a run ends, and refuses what nobody would get', async () => {
    write('notify:\n  on: failed\n  webhook: $' + '{HOOK}\n  command: mail me\n');
    expect((await findWorkspace(root))?.notify).toEqual({
      on: ['failed'],
      webhook: 'HOOK',
      command: 'mail me',
    });
    write('notify: { command: x }\n');
    expect((await findWorkspace(root))?.notify?.on).toEqual(['succeeded', 'failed', 'lost']);
    const wrong = {
      'notify: mail': 'C011',
      'notify: {}': 'C011',
      'notify: { on: [failed] }': 'C011',
      'notify: { command: [a, b] }': 'C011',
      'notify: { command: x, on: [] }': 'C011',
      'notify: { command: x, on: done }': 'C011',
      'notify: { webhok: x, command: y }': 'C010',
      // The address itself would be a secret in a file.
      'notify: { webhook: "https://example.org/hook" }': 'C011',
    };
    for (const [text, code] of Object.entries(wrong)) {
      write(`${text}\n`);
      await expect(findWorkspace(root), text).rejects.toMatchObject({ findings: [{ code }] });
    }
  });

  it('says how many queued runs train on the CPU at once', async () => {
    write('queue: { cpu_slots: 3 }\n');
    expect((await findWorkspace(root))?.queue).toEqual({ cpuSlots: 3 });
    const wrong = { 'cpu_slots: 0': 'C011', 'cpu_slots: many': 'C011', 'cpu_slot: 2': 'C010' };
    for (const [text, code] of Object.entries(wrong)) {
      write(`queue: { ${text} }\n`);
      await expect(findWorkspace(root), text).rejects.toMatchObject({ findings: [{ code }] });
    }
  });

  it('names other machines, each with what it must say', async () => {
    write(
      'hosts:\n  box: { ssh: me@box, dir: /home/me/lorch/, on_done: sudo poweroff, keep_remote: true }\n',
    );
    expect((await findWorkspace(root))?.hosts).toEqual([
      { name: 'box', ssh: 'me@box', dir: '/home/me/lorch', onDone: 'sudo poweroff', keepRemote: true },
    ]);
    for (const [text, code] of Object.entries({
      'hosts: box': 'C011',
      'hosts: { box: me@box }': 'C011',
      'hosts: { box: { dir: /x } }': 'C011',
      'hosts: { box: { ssh: box, dir: /x, keep_remote: 3 } }': 'C011',
      'hosts: { box: { ssh: box } }': 'C011',
      'hosts: { box: { ssh: box, dir: lorch } }': 'C011',
      'hosts: { box: { ssh: "-oProxyCommand=touch x", dir: /x } }': 'C011',
      'hosts: { local: { ssh: box, dir: /x } }': 'C011',
      'hosts: { "../x": { ssh: box, dir: /x } }': 'C011',
      'hosts: { box: { ssh: box, dirs: /x, dir: /x } }': 'C010',
    })) {
      write(`${text}\n`);
      await expect(findWorkspace(root), text).rejects.toMatchObject({ findings: [{ code }] });
    }
  });

  it('names every fault of lorch.yaml with its place', async () => {
    write('pyton: x\nruns_dir: [a]\n');
    await expect(findWorkspace(join(root, 'deep'))).rejects.toMatchObject({
      code: 'C026',
      exitCode: 2,
      findings: [
        { code: 'C010', hint: 'did you mean `python`?', at: { file: '../lorch.yaml', line: 1, column: 1 } },
        { code: 'C011', at: { line: 2, column: 11 } },
      ],
    });
    write('python: "x\n');
    await expect(findWorkspace(root)).rejects.toMatchObject({ findings: [{ code: 'C005' }] });
    write('retention: 3\n');
    await expect(findWorkspace(root)).rejects.toMatchObject({
      findings: [{ hint: expect.stringMatching(/^lorch.yaml takes python, runs_dir, .*queue/) }],
    });
  });
});
