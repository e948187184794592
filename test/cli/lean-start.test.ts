// What a command does not need is not loaded: modules are most of the time that a short command takes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const bin = resolve(import.meta.dirname, '../../dist/bin.js');
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-lean-'));
  writeFileSync(join(dir, 'lorch.yaml'), '');
  writeFileSync(
    join(dir, 'hook.mjs'),
    `import { writeSync } from 'node:fs';
     export async function load(url, context, next) { writeSync(2, 'LOAD ' + url + '\\n'); return next(url, context); }`,
  );
  const register = `import { register } from 'node:module'; register(${JSON.stringify(`file://${dir}/hook.mjs`)});`;
  writeFileSync(join(dir, 'register.mjs'), register);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it.each([['runs'], ['show', '@last'], ['logs', '@last'], ['compare', 'a', 'b']])(
  '%s loads neither the hub client nor the readers of datasets',
  (...args) => {
    const { stderr } = spawnSync(process.execPath, ['--import', join(dir, 'register.mjs'), bin, ...args], {
      cwd: dir,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: dir },
    });
    const loaded = stderr.split('\n').filter((line) => line.startsWith('LOAD '));
    expect(loaded.some((url) => url.includes('/store/open-store.js'))).toBe(true);
    expect(loaded.filter((url) => /@huggingface|hyparquet|\/dataset\/readers\//.test(url))).toEqual([]);
  },
);
