// Several files published together by a process that was killed: the next command takes them back, and nothing else.
import { execFileSync } from 'node:child_process';
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownerTag } from '../../../src/app/files/process-owner.ts';
import { runCli } from '../../run-cli.ts';

let dir: string;
let dead: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lorch-publish-'));
  const pid = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
  dead = ownerTag().replace(/^([^-]+)-.*$/, `$1-${pid}-1`);
  const rows = Array.from({ length: 8 }, (_, i) => ({ instruction: `question ${i}`, output: `answer ${i}` }));
  await writeFile(join(dir, 'in.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const names = ['out.jsonl.ledger.jsonl', 'out.jsonl.undo.jsonl', 'out.jsonl.lineage.json', 'out.jsonl'];
const dedup = () => runCli(['data', 'dedup', 'in.jsonl', '-o', 'out.jsonl'], { cwd: dir });

/** What a killed process leaves that had published the first so many files. */
async function leftBy(owner: string, published: number): Promise<void> {
  for (const [i, name] of names.entries()) {
    const part = join(dir, `${name}.${owner}-0123456${i}.partial`);
    await writeFile(part, 'half of it');
    if (i < published) await link(part, join(dir, name));
  }
  const list = names.map((name) => join(dir, name));
  await writeFile(join(dir, `.out.jsonl.${owner}-0123abcd.publishing`), JSON.stringify(list));
}

const leftovers = async () => (await readdir(dir)).filter((name) => /\.(partial|publishing)$/.test(name));

it.each([0, 1, 3])('with %i files in their places, the same command does it again', async (published) => {
  await leftBy(dead, published);
  expect(await dedup()).toMatchObject({ exitCode: 0 });
  expect((await readFile(join(dir, 'out.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(8);
  expect(await leftovers()).toEqual([]);
});

it('with all files in their places, they are the result', async () => {
  await leftBy(dead, names.length);
  expect(await dedup()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('D095') });
  expect(await readFile(join(dir, 'out.jsonl'), 'utf8')).toBe('half of it');
  expect(await leftovers()).toEqual([]);
});

it("of a living process, or somebody else's file of that name, stays", async () => {
  await leftBy(ownerTag(), 1);
  expect(await dedup()).toMatchObject({ exitCode: 2 });
  expect(await leftovers()).toHaveLength(5);
  for (const name of await leftovers()) await rm(join(dir, name));
  await rm(join(dir, names[0] ?? ''));
  await leftBy(dead, 0);
  await writeFile(join(dir, names[0] ?? ''), 'of the user');
  expect(await dedup()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('D095') });
  expect(await readFile(join(dir, names[0] ?? ''), 'utf8')).toBe('of the user');
});
