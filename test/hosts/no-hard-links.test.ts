// Claims on file systems without hard links: the supervisor and a controller, with link(2) taken away from them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localHost } from '../../src/hosts/local.ts';
import { readAttemptFile } from '../../src/hosts/read-files.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import { type Compiled, compileSources } from '../supervise/kill/compile.ts';

const shim = resolve(import.meta.dirname, '../../src/trainer/shim.py');
const canCompile = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;
if (!canCompile) process.stdout.write('skipped: no C compiler to take link(2) away with\n');

let dir: string;
let preload: string;
let compiled: Compiled;

beforeAll(async () => {
  if (!canCompile) return;
  dir = await mkdtemp(join(tmpdir(), 'lorch-no-links-'));
  preload = join(dir, 'no-hard-links.so');
  const source = resolve(import.meta.dirname, '../fixtures/no-hard-links.c');
  execFileSync('cc', ['-shared', '-fPIC', '-o', preload, source]);
  compiled = await compileSources();
});

afterAll(async () => {
  if (!canCompile) return;
  await compiled.remove();
  await rm(dir, { recursive: true, force: true });
});

const claimOf = async (attempt: string) => {
  const read = await readAttemptFile(
    localHost,
    { ...attemptPaths(attempt, 1), claim: join(attempt, 'claim.json') },
    'claim',
  );
  return read.state === 'read' ? read.value : null;
};

it.skipIf(!canCompile)('one of them wins each time, and everybody can read who', async () => {
  const winners = new Set<string>();
  const controller = `
    const { localHost } = await import('file://${compiled.dir}/hosts/local.js');
    const won = await localHost.createOnce(process.argv[1], JSON.stringify({ by: 'controller', t: 1 }));
    console.log(won);`;
  const env = { PATH: process.env.PATH ?? '', LD_PRELOAD: preload };
  for (let i = 0; i < 8; i += 1) {
    const attempt = await mkdtemp(join(dir, 'attempt-'));
    const started = join(attempt, 'started');
    const options = { env, extendEnv: false, reject: false } as const;
    const late = execa(
      'sh',
      ['-c', `sleep 0.${i}; exec python3 -I -S "$0" "$@"`, shim, attempt, '--', 'touch', started],
      options,
    );
    const made = execa(
      process.execPath,
      ['--input-type=module', '-e', controller, join(attempt, 'claim.json')],
      options,
    );
    const [supervisor, answer] = await Promise.all([late, made]);
    const claim = await claimOf(attempt);
    if (!claim) throw new Error(`no claim: ${supervisor.stderr} ${answer.stderr}`);
    winners.add(claim.by);
    expect((await stat(join(attempt, 'claim.json'))).isDirectory()).toBe(true);
    expect(answer.stdout).toBe(String(claim.by === 'controller'));
    expect(supervisor.exitCode).toBe(claim.by === 'shim' ? 0 : 90);
    expect(existsSync(started)).toBe(claim.by === 'shim');
    expect((await readdir(attempt)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
  expect(winners.size).toBeGreaterThan(0);
});

it('a supervisor whose folder is deleted ends, and one whose exit.json is a folder still writes it', async () => {
  const attempt = await mkdtemp(join(tmpdir(), 'lorch-gone-'));
  // The supervisor may be writing while the folder goes.
  const command = ['sh', '-c', 'while [ -e "$0" ]; do rm -rf "$0"; done', attempt];
  const gone = await execa('python3', ['-I', '-S', shim, attempt, '--', ...command], { reject: false });
  expect(gone.exitCode).toBe(91);
  const blocked = await mkdtemp(join(tmpdir(), 'lorch-blocked-'));
  const exit = join(blocked, 'exit.json');
  const ended = await execa(
    'python3',
    ['-I', '-S', shim, blocked, '--', 'sh', '-c', `mkdir -p '${exit}/x'; exit 5`],
    {
      reject: false,
    },
  );
  expect(ended.exitCode).toBe(0);
  const read = await readAttemptFile(localHost, { ...attemptPaths(blocked, 1), exit }, 'exit');
  expect(read).toMatchObject({ state: 'read', value: { code: 5 } });
  await writeFile(join(blocked, 'done'), '');
  await rm(blocked, { recursive: true, force: true });
});
