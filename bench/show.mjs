// What `lorch show` and `lorch compare` cost for runs of many rows, beside `node -e 0`, the commands in turns:
// `node bench/show.mjs [rows] [steps] [rounds]` after `npm run build`. The runs are made from
// test/fixtures/run-folders/finished: `again` trained on the same rows as `first`, `other` on 1 % others. LORCH_DIST
// names another build, to compare.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  createWriteStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const bin = join(process.env.LORCH_DIST ?? resolve(import.meta.dirname, '../dist'), 'bin.js');
const [rows = 1_000_000, steps = 10_000, rounds = 7] = process.argv.slice(2).map(Number);
const source = resolve(import.meta.dirname, '../test/fixtures/run-folders/finished');
const fixtureId = '20261130-042415-quickstart-r16-327d';

const dir = mkdtempSync(join(tmpdir(), 'lorch-show-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
writeFileSync(join(dir, 'lorch.yaml'), '');

const changed = Math.round(rows / 100);
const ledger = await makeRun('first', 'one', 0);
await makeRun('again', 'one', ledger);
await makeRun('other', 'two', changed);
node([bin, 'db', 'rebuild']);

const commands = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'lorch show', args: [bin, 'show', 'first'] },
  { name: 'lorch show --json', args: [bin, 'show', 'first', '--json'] },
  { name: 'lorch compare, equal rows', args: [bin, 'compare', 'first', 'again'] },
  { name: 'lorch compare, 1 % other rows', args: [bin, 'compare', 'first', 'other'] },
];
const measured = commands.map(() => []);
for (let round = 0; round < rounds; round += 1)
  for (const [i, { args }] of commands.entries()) measured[i].push(node(args));

const medianOf = (i, key) => measured[i].map((each) => each[key]).sort((a, b) => a - b)[rounds >> 1];
for (const [i, { name }] of commands.entries())
  process.stdout.write(
    `${name.padEnd(30)} ${medianOf(i, 'ms').toFixed(0).padStart(6)} ms, CPU ${medianOf(i, 'cpu').toFixed(0).padStart(6)} ms ×${(medianOf(i, 'cpu') / medianOf(0, 'cpu')).toFixed(2).padStart(6)}, peak ${Math.max(
      ...measured[i].map(({ mib }) => mib),
    )
      .toFixed(0)
      .padStart(4)} MiB\n`,
  );
const { dataset } = JSON.parse(node([bin, 'compare', 'first', 'other', '--json']).stdout);
if (dataset.added[1] !== changed || dataset.removed[1] !== changed)
  throw new Error(`${changed} rows differ, and compare says ${dataset.added[1]} and ${dataset.removed[1]}`);

/** A finished run. `from`: a ledger to use again, or the first number of its rows. Returns the path of its ledger. */
async function makeRun(name, fingerprint, from) {
  const id = `20261130-042415-${name}-${createHash('sha256').update(name).digest('hex').slice(0, 4)}`;
  const run = join(dir, 'runs', id);
  mkdirSync(join(dir, 'runs'), { recursive: true });
  cpSync(source, run, { recursive: true });
  const rewrite = (file, change) =>
    writeFileSync(join(run, file), change(readFileSync(join(source, file), 'utf8')));
  rewrite('run.json', (text) =>
    text.replace(fixtureId, id).replace('"quickstart-r16"', JSON.stringify(name)),
  );
  rewrite('attempt-1/launch.json', (text) => text.replace(/"token": "[^"]*"/, `"token": "${id}"`));
  rewrite('attempt-1/events.jsonl', manySteps);
  rewrite('plan.json', (text) => {
    const plan = JSON.parse(text);
    Object.assign(plan.dataset, { rows_in: rows, dropped: {}, validation: null });
    Object.assign(plan.dataset.train, { rows, sequences: rows, fingerprint });
    return JSON.stringify({ ...plan, name });
  });
  const path = join(run, 'ledger.jsonl.gz');
  rmSync(path);
  if (typeof from === 'string') linkSync(from, path);
  else await pipeline(Readable.from(ledgerLines(from)), createGzip(), createWriteStream(path));
  return path;
}

function* ledgerLines(from) {
  for (let row = 0; row < rows; row += 1) {
    const fingerprint = createHash('sha256')
      .update(String(from + row))
      .digest('hex');
    yield `${JSON.stringify({ row, file: 'rows.jsonl', line: row + 1, fingerprint, fate: 'train', source: 'dataset.train.0' })}\n`;
  }
}

/** The events of the fixture with as many steps as asked for, before those that end it. */
function manySteps(text) {
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const first = events.findIndex(({ type }) => type === 'step');
  const made = Array.from({ length: steps }, (_, i) => ({
    ...events[first],
    step: i + 1,
    max_steps: steps,
    epoch: (i + 1) / steps,
    metrics: { ...events[first].metrics, loss: 6 / (1 + i / 100) },
  }));
  const end = { ...events.at(-1), step: steps, max_steps: steps };
  return `${[...events.slice(0, first), ...made, end].map((event, seq) => JSON.stringify({ ...event, seq })).join('\n')}\n`;
}

/** Runs node, which tells at its end what it took. */
function node(args) {
  const tell =
    "data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,JSON.stringify(process.resourceUsage())))";
  const begin = performance.now();
  const { status, output } = spawnSync(process.execPath, ['--import', tell, ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    encoding: 'utf8',
  });
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status}: ${output[2]}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(output[3]);
  return { ms, cpu: (userCPUTime + systemCPUTime) / 1000, mib: maxRSS / 1024, stdout: output[1] };
}
