// After tsc: what it leaves out. The bin is made executable; files that are no TypeScript go along.
import { chmodSync, cpSync, existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './run.mjs';

const src = join(root, 'src');
const dist = join(root, 'dist');

for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
  const path = relative(src, join(entry.parentPath, entry.name));
  // The trainer is shipped as it is, beside dist/.
  if (!entry.isFile() || /\.tsx?$/.test(path) || path.startsWith('trainer')) continue;
  cpSync(join(src, path), join(dist, path));
}
if (!existsSync(join(dist, 'bin.js'))) throw new Error('dist/bin.js is missing: tsc has not run');
chmodSync(join(dist, 'bin.js'), 0o755);
