// What the command line costs before it does anything: `node bench/startup.mjs` after `npm run build`.
// Prints medians of interleaved runs and their ratio to `node -e 0`; the machine's noise falls on all alike.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = process.env.LORCH_BIN ?? `${root}/dist/bin.js`;
const rounds = Number(process.argv[2] ?? 30);

const commands = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'lorch --version', args: [bin, '--version'], limit: 2 },
  {
    name: 'lorch config check configs/lora-8b.yaml',
    args: [bin, 'config', 'check', 'configs/lora-8b.yaml'],
    limit: 4,
  },
  {
    name: 'lorch config check configs/qlora-8b.yaml',
    args: [bin, 'config', 'check', 'configs/qlora-8b.yaml'],
  },
  { name: 'lorch config schema', args: [bin, 'config', 'schema'] },
];

const times = commands.map(() => []);
for (let round = 0; round < rounds; round++)
  commands.forEach(({ name, args }, i) => {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root });
    if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr}`);
    times[i].push(performance.now() - begin);
  });

const medians = times.map((list) => list.toSorted((a, b) => a - b)[list.length >> 1]);
const base = medians[0];
for (const [i, { name, limit }] of commands.entries()) {
  const ratio = medians[i] / base;
  const verdict =
    limit === undefined ? '' : ratio <= limit ? `  (limit ${limit}: kept)` : `  (limit ${limit}: BROKEN)`;
  process.stdout.write(
    `${name.padEnd(44)} ${medians[i].toFixed(0).padStart(5)} ms  ×${ratio.toFixed(2)}${verdict}\n`,
  );
}
