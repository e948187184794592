// A disk that fails at every call of every command that writes.
// `node bench/faults.mjs [CALLS [COMMAND]]`: so many calls of each command and kind of failure (all, unless told), and
// one command alone. LORCH_PYTHON names an environment to plan with; without it `train` is left out.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const [calls = 'all', command = ''] = process.argv.slice(2);
const { status } = spawnSync(
  join(root, 'node_modules/.bin/vitest'),
  ['run', 'test/faults/faults.test.ts', '--maxWorkers=1'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, LORCH_FAULTS: `${calls}:${command}` } },
);
process.exitCode = status ?? 1;
