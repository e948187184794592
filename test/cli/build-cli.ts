// The command line as it is shipped, built from the source as it is now: for tests that start a real process.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** Builds a package folder of its own and gives the program's path. */
export function buildCli(): { bin: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'lorch-built-'));
  copyFileSync(join(root, 'package.json'), join(dir, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  mkdirSync(join(dir, 'src'));
  symlinkSync(join(root, 'src/trainer'), join(dir, 'src/trainer'));
  const tsc = join(root, 'node_modules/.bin/tsc');
  execFileSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', join(dir, 'dist')], { cwd: root });
  return { bin: join(dir, 'dist/bin.js'), remove: () => rmSync(dir, { recursive: true, force: true }) };
}
