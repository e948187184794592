// What every host must do, whatever machine it is. `make` gives the host and an empty folder on it.
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../src/hosts/host.ts';
import { readAttemptFile, readBytes } from '../../src/hosts/read-files.ts';
import { attemptPaths } from '../../src/run/layout.ts';

export interface HostUnderTest {
  host: Host;
  /** Empty. */
  dir: string;
  close(): Promise<void>;
}

const odd = ['with spaces', 'line\nbreak', 'quote\'"', '$(id)', '-rf', 'ümlaut 日本', '*'];
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

export function testHost(name: string, make: () => Promise<HostUnderTest>): void {
  describe(`host ${name}`, () => {
    let under: HostUnderTest;
    let host: Host;
    let dir: string;
    /** A folder on this machine. */
    let home: string;

    beforeAll(async () => {
      under = await make();
      ({ host, dir } = under);
      home = await mkdtemp(join(tmpdir(), 'lorch-home-'));
    });

    afterAll(async () => {
      await under.close();
      await rm(home, { recursive: true, force: true });
    });

    const text = async (file: string) => (await readBytes(host, file, 0, 1 << 20)).toString();
    const namesIn = async (folder: string) => (await host.list(folder))?.map((entry) => entry.name).sort();

    it('reads parts of files by offset, and nothing after the end', async () => {
      const file = join(dir, 'parts');
      await host.put(file, 'hello');
      const part = async (from: number, length: number) =>
        (await readBytes(host, file, from, length)).toString();
      expect(await part(1, 3)).toBe('ell');
      expect(await part(3, 100)).toBe('lo');
      expect([await part(5, 1), await part(9, 3), await part(0, 0)]).toEqual(['', '', '']);
      expect(await host.read(join(dir, 'absent'), 0, 3)).toEqual({ state: 'missing' });
    });

    it('reads a growing file to the same bytes, whatever the pieces', async () => {
      const file = join(dir, 'grows');
      let whole = '';
      let read = '';
      for (let i = 0; i < 20; i += 1) {
        whole += `${i} ${'x'.repeat(i * 700)}\n`;
        await host.put(file, whole);
        for (let part = '-'; part !== ''; read += part)
          part = (await readBytes(host, file, Buffer.byteLength(read), 4096)).toString();
      }
      expect(read).toBe(whole);
    });

    it('reads bytes as they are', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 * 300 }, (_, i) => i % 256));
      await writeFile(join(home, 'bytes'), bytes);
      await host.upload(join(home, 'bytes'), join(dir, 'bytes'), sha256(bytes));
      expect((await readBytes(host, join(dir, 'bytes'), 0, bytes.length + 1)).equals(bytes)).toBe(true);
    });

    it("reads the system's own files, which tell no size", async () => {
      if ((await host.stat('/proc/self/status')) === null) return;
      expect(await text('/proc/self/status')).toMatch(/^Name:/);
      // The system refuses a buffer of this size for some of them.
      const boot = await readBytes(host, '/proc/sys/kernel/random/boot_id', 0, 4 << 20);
      expect(boot.toString()).toMatch(/^[0-9a-f-]{36}\n$/);
    });

    it('says what is wrong with something that is no file, and follows no link', async () => {
      await host.put(join(dir, 'odd', 'target'), 'secret');
      expect(await host.read(join(dir, 'odd'), 0, 9)).toEqual({ state: 'damaged', reason: 'it is a folder' });
      await host.run(['ln', '-s', 'target', join(dir, 'odd', 'link')]);
      await host.run(['mkfifo', join(dir, 'odd', 'pipe')]);
      expect(await host.read(join(dir, 'odd', 'link'), 0, 9)).toEqual({
        state: 'damaged',
        reason: 'it is a link',
      });
      expect((await host.read(join(dir, 'odd', 'pipe'), 0, 9)).state).toBe('damaged');
    });

    it('tells what is at a path, and what a folder holds', async () => {
      const facts = await host.stat(join(dir, 'odd', 'target'));
      expect(facts).toMatchObject({ kind: 'file', bytes: 6 });
      expect(facts?.modifiedMs).toBeGreaterThan(1.6e12);
      expect(await host.stat(join(dir, 'odd'))).toMatchObject({ kind: 'folder' });
      const entries = (await host.list(join(dir, 'odd'))) ?? [];
      expect(entries.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        { name: 'link', kind: 'link' },
        { name: 'pipe', kind: 'other' },
        { name: 'target', kind: 'file' },
      ]);
      for (const path of ['absent', 'absent/x', 'odd/target/x']) {
        expect(await host.stat(join(dir, path))).toBe(null);
        expect(await host.list(join(dir, path))).toBe(null);
      }
      expect(await host.list(join(dir, 'odd', 'target'))).toBe(null);
    });

    it('follows a link only if it is asked to', async () => {
      const link = join(dir, 'odd', 'link');
      expect((await host.stat(link))?.kind).toBe('link');
      expect(await host.stat(link, { follow: true })).toMatchObject({ kind: 'file', bytes: 6 });
      await host.run(['ln', '-s', 'nowhere', join(dir, 'odd', 'dangling')]);
      expect((await host.stat(join(dir, 'odd', 'dangling')))?.kind).toBe('link');
      expect(await host.stat(join(dir, 'odd', 'dangling'), { follow: true })).toBe(null);
    });

    it('takes names with spaces, line breaks and signs of the shell', async () => {
      for (const each of odd) {
        const file = join(dir, 'names', each, each);
        await host.put(file, each);
        expect(await text(file)).toBe(each);
        expect(await host.createOnce(file, 'other')).toBe(false);
      }
      expect(await namesIn(join(dir, 'names'))).toEqual([...odd].sort());
      for (const each of odd) await host.remove(join(dir, 'names', each));
      expect(await host.stat(join(dir, 'names'))).toBe(null);
    });

    it('puts a file in one step: who reads meanwhile sees the old one or the new one, whole', async () => {
      const file = join(dir, 'put', 'file');
      const texts = ['a'.repeat(200_000), 'b'.repeat(300_000)];
      await host.put(file, texts[0] ?? '');
      let writing = true;
      const torn: string[] = [];
      const reader = (async () => {
        while (writing) {
          await breathe();
          const seen = await text(file);
          if (!texts.includes(seen)) torn.push(`${seen.length} bytes`);
        }
      })();
      for (let i = 0; i < 20; i += 1) await host.put(file, texts[i % 2] ?? '');
      writing = false;
      await reader;
      expect(torn).toEqual([]);
      expect(await namesIn(join(dir, 'put'))).toEqual(['file']);
    });

    it('puts a file where a folder is in the way, which it keeps', async () => {
      const file = join(dir, 'blocked', 'exit.json');
      await host.put(join(file, 'inside'), 'kept');
      await host.put(file, 'new');
      expect(await text(file)).toBe('new');
      const names = (await namesIn(join(dir, 'blocked'))) ?? [];
      expect(names[1]).toMatch(/^exit\.json\.damaged-/);
    });

    it('replaces a file that was made without hard links, as a folder with the file in it', async () => {
      const file = join(dir, 'linkless', 'launch.json');
      await host.put(join(file, 'launch.json'), 'old');
      await host.put(file, 'new');
      expect(await namesIn(join(dir, 'linkless'))).toEqual(['launch.json']);
      expect(await namesIn(file)).toEqual(['launch.json']);
      expect(await text(join(file, 'launch.json'))).toBe('new');
    });

    it('makes files that only their owner reads, in folders that only their owner opens', async () => {
      await host.createOnce(join(dir, 'private', 'claim.json'), '{}');
      const { stdout } = await host.run([
        'ls',
        '-ld',
        join(dir, 'private'),
        join(dir, 'private', 'claim.json'),
      ]);
      const modes = stdout.split('\n').map((line) => line.slice(0, 10));
      expect(modes.filter((mode) => mode !== '').sort()).toEqual(['-rw-------', 'drwx------']);
    });

    it('creates a file once: of 20 callers one wins, and its text is there', async () => {
      for (let round = 0; round < 5; round += 1) {
        const file = join(dir, `race-${round}`, 'claim.json');
        const texts = Array.from({ length: 20 }, (_, i) => `{"by": "controller", "t": ${i}}`);
        const won = await Promise.all(texts.map((each) => host.createOnce(file, each)));
        expect(won.filter(Boolean)).toHaveLength(1);
        expect(await text(file)).toBe(texts[won.indexOf(true)]);
        expect(await host.createOnce(file, 'late')).toBe(false);
        expect(await namesIn(join(dir, `race-${round}`))).toEqual(['claim.json']);
        const paths = { ...attemptPaths(dir, 1), claim: file };
        expect((await readAttemptFile(host, paths, 'claim')).state).toBe('read');
      }
    });

    it('leaves no folder behind that was made for a file that could not be', async () => {
      const file = join(dir, 'unmade', `${'x'.repeat(300)}`);
      await expect(host.createOnce(file, '')).rejects.toThrow();
      expect(await host.stat(join(dir, 'unmade'))).toBe(null);
    });

    it('removes a file, its empty folder, and a folder with all in it', async () => {
      await host.put(join(dir, 'rm', 'one', 'file'), '1');
      await host.put(join(dir, 'rm', 'two', 'deep', 'file'), '2');
      await host.remove(join(dir, 'rm', 'one', 'file'));
      expect(await namesIn(join(dir, 'rm'))).toEqual(['two']);
      await host.put(join(dir, 'rm', 'three'), '3');
      await host.remove(join(dir, 'rm', 'two'));
      expect(await namesIn(join(dir, 'rm'))).toEqual(['three']);
      await host.remove(join(dir, 'rm', 'absent'));
      await host.remove(join(dir, 'rm', 'absent', 'absent'));
      expect(await text(join(dir, 'rm', 'three'))).toBe('3');
    });

    it('carries files both ways if they have the hash, and keeps what was there if not', async () => {
      const [from, there, back] = [
        join(home, 'from me'),
        join(dir, 'up', 'there'),
        join(home, 'back', 'again'),
      ];
      const bytes = Buffer.alloc(3_000_000, 'lorch ');
      await writeFile(from, bytes);
      await host.upload(from, there, sha256(bytes));
      await host.download(there, back, sha256(bytes));
      expect((await readFile(back)).equals(bytes)).toBe(true);
      await expect(host.upload(from, there, sha256('other'))).rejects.toMatchObject({ code: 'R134' });
      await expect(host.download(there, back, sha256('other'))).rejects.toMatchObject({ code: 'R134' });
      expect((await host.stat(there))?.bytes).toBe(bytes.length);
      expect((await readFile(back)).equals(bytes)).toBe(true);
      await expect(host.upload(from, join(dir, 'up', 'new'), sha256('other'))).rejects.toThrow();
      expect(await namesIn(join(dir, 'up'))).toEqual(['there']);
      expect(await readdir(join(home, 'back'))).toEqual(['again']);
      await expect(host.upload(join(home, 'no'), there, sha256('x'))).rejects.toThrow('ENOENT');
    });

    it('carries a file again only if it is not there yet', async () => {
      const from = join(home, 'once');
      await writeFile(from, 'same');
      await host.upload(from, join(dir, 'once'), sha256('same'));
      const before = await host.stat(join(dir, 'once'));
      // What it came from may be gone: the copy has the hash.
      await rm(from);
      await host.upload(from, join(dir, 'once'), sha256('same'));
      expect(await host.stat(join(dir, 'once'))).toEqual(before);
      await host.put(join(dir, 'once'), 'damaged');
      await writeFile(from, 'same');
      await host.upload(from, join(dir, 'once'), sha256('same'));
      expect(await text(join(dir, 'once'))).toBe('same');
    });

    it('runs a command with its arguments as they are, and with stdin', async () => {
      const ended = await host.run(
        ['sh', '-c', 'printf "<%s>" "$@"; cat; echo err >&2; exit 3', 'sh', ...odd],
        {
          stdin: 'from\nhome',
        },
      );
      expect(ended).toEqual({
        code: 3,
        stdout: `${odd.map((each) => `<${each}>`).join('')}from\nhome`,
        stderr: 'err\n',
        error: null,
      });
      const large = 'x'.repeat(2_000_000);
      expect((await host.run(['cat'], { stdin: large })).stdout).toBe(large);
      // One that never reads what it is given.
      expect((await host.run(['true'], { stdin: large })).code).toBe(0);
      expect((await host.run(['cat'])).stdout).toBe('');
    });

    it('runs a command with exactly the environment that it is given', async () => {
      const { stdout } = await host.run(['/usr/bin/env'], { env: { A: '1 2', LORCH_ATTEMPT: '$x' } });
      expect(
        stdout
          .split('\n')
          .filter((line) => /^(A|LORCH_ATTEMPT|HOME|PATH)=/.test(line))
          .sort(),
      ).toEqual(['A=1 2', 'LORCH_ATTEMPT=$x']);
    });

    it('says whether a command was not started, or killed', async () => {
      expect(await host.run(['/no/such/program'])).toMatchObject({
        code: null,
        error: 'there is no such file',
      });
      await host.put(join(dir, 'plain'), '#!/bin/sh\n');
      expect(await host.run([join(dir, 'plain')])).toMatchObject({ code: null, error: 'permission denied' });
      expect(await host.run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ code: null, error: null });
      expect(await host.run(['sleep', '600'], { timeoutMs: 100 })).toMatchObject({ code: null, error: null });
    });

    it('lets a process that left live on, and does not wait for it', async () => {
      const script = 'setsid sleep 600 >/dev/null 2>&1 </dev/null & echo $!';
      const { stdout, code } = await host.run(['sh', '-c', script]);
      expect(code).toBe(0);
      const pid = stdout.trim();
      expect((await host.run(['sh', '-c', `kill -0 ${pid}`])).code).toBe(0);
      expect((await host.run(['sh', '-c', `kill -9 ${pid}`])).code).toBe(0);
    });
  });
}
