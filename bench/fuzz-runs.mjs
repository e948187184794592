// Damaged run folders and every command on runs, at length.
// `node bench/fuzz-runs.mjs [damages] [seed]`: 2,000 damages from seed 0 unless told. Some seconds a folder; in parts of
// 25 folders, each in a process of its own.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const [damages = 2_000, first = 0] = process.argv.slice(2).map(Number);
// A folder is damaged in one to three places.
const folders = Math.ceil(damages / 2);
const part = 25;
const patienceMs = 20 * 60_000;

const began = performance.now();
let faults = 0;
for (let seed = first; seed < first + folders; seed += part) {
  const count = Math.min(part, first + folders - seed);
  const vitest = spawnSync(
    join(root, 'node_modules/.bin/vitest'),
    ['run', 'test/supervise/fuzz-runs.test.ts', '--maxWorkers=1'],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: patienceMs,
      killSignal: 'SIGKILL',
      env: { ...process.env, NO_COLOR: '1', LORCH_FUZZ_SEEDS: `${seed},${count}` },
    },
  );
  if (vitest.status === 0) continue;
  const said = `${vitest.stdout}\n${vitest.stderr}`;
  const found = said.split('\n').filter((line) => /"seed \d+,/.test(line));
  faults += Math.max(1, found.length);
  process.stdout.write(
    `${found.join('\n') || `seeds ${seed} to ${seed + count - 1}: ${said.slice(-3000)}`}\n`,
  );
}
const seconds = ((performance.now() - began) / 1000).toFixed(0);
process.stdout.write(
  `${folders} folders, about ${damages} damages, each through 21 commands: ${faults} faults, ${seconds} s\n`,
);
process.exitCode = faults > 0 ? 1 : 0;
