// Controllers that are killed are processes of their own, and Node runs no TypeScript: the present sources compiled.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

const root = resolve(import.meta.dirname, '../../..');

export interface Compiled {
  dir: string;
  remove(): Promise<void>;
}

/** Compiles src/ into a folder from which its dependencies are found. */
export async function compileSources(): Promise<Compiled> {
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const dir = await mkdtemp(join(cache, 'lorch-kill-'));
  const args = ['-p', join(root, 'tsconfig.build.json'), '--outDir', dir, '--sourceMap', 'false'];
  // Types are checked elsewhere; a type error in another part of the tree must not hide what is tested here.
  await execa(join(root, 'node_modules', '.bin', 'tsc'), [...args, '--noCheck'], { cwd: root });
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
