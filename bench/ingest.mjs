// What recording costs: events.jsonl through the real path (read, split, parse, validate, points with summary and
// roll-ups, offset) against prepared INSERTs of the same points into the same table, parsed beforehand.
// `node bench/ingest.mjs [steps]` after `npm run build`. Rounds are interleaved; each contender prints its median.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dist = process.env.LORCH_DIST ?? new URL('../dist', import.meta.url).pathname;
const load = (file) => import(`${dist}/${file}`);
const { openStore } = await load('store/open-store.js');
const { insertRun } = await load('store/insert-run.js');
const { beginAttempt } = await load('store/attempts.js');
const { seriesSummaries } = await load('store/series-summary.js');
const { readSeries } = await load('store/read-series.js');
const { drainEvents } = await load('supervise/drain-events.js');
const { localHost } = await load('hosts/local.js');

const steps = Number(process.argv[2] ?? 50_000);
const metrics = [
  'loss',
  'grad_norm',
  'learning_rate',
  'tokens_per_second',
  'trained_tokens_per_second',
  'epoch_time',
];
const rounds = 5;
const dir = await mkdtemp(join(tmpdir(), 'lorch-bench-'));
const events = Array.from({ length: steps }, (_, i) => ({
  v: 1,
  seq: i,
  t: 1_790_000_000_000 + i * 100,
  type: 'step',
  step: i + 1,
  max_steps: steps,
  epoch: i / steps,
  metrics: Object.fromEntries(metrics.map((name, k) => [name, Math.sin(i / (k + 2)) + k])),
  tokens: i * 512,
  trained_tokens: i * 200,
}));
const file = join(dir, 'events.jsonl');
await writeFile(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
const points = steps * metrics.length;
let opened = 0;

function newStore() {
  opened += 1;
  const store = openStore(join(dir, `${opened}.db`));
  const plan = {
    plan_hash: 'bench',
    base_model: { id: 'bench' },
    dataset: { fingerprint: 'bench' },
    sweep: null,
    findings: [],
  };
  insertRun(store, plan, {
    id: 'bench',
    name: 'bench',
    created_ms: 1,
    tags: [],
    notes: '',
    unreviewed: null,
    cancelled_ms: null,
  });
  beginAttempt(store, 'bench', { n: 1, token: 'bench', host: 'local', scheduler: 'process', createdMs: 1 });
  return store;
}

const deps = (store) => ({ store, env: {}, now: Date.now, runsDir: dir });
const contenders = {
  // 1,000 events a transaction, about what one read of a megabyte holds here.
  'prepared INSERTs alone': async (store) => {
    for (const [i, name] of metrics.entries())
      store.db.prepare('INSERT INTO series (id, run_id, name) VALUES (?, 1, ?)').run(i + 1, name);
    const insert = store.db.prepare(
      'INSERT INTO point (series_id, step, t, value, flag) VALUES (?, ?, ?, ?, 0)',
    );
    for (let from = 0; from < steps; from += 1000)
      store.db
        .transaction(() => {
          for (const event of events.slice(from, from + 1000))
            for (const [k, name] of metrics.entries())
              insert.run(k + 1, event.step, event.t, event.metrics[name]);
        })
        .immediate();
  },
  'ingest, everything': async (store) => {
    const source = { run: 'bench', attempt: 1, host: localHost, file, plan: null, position: 0 };
    await drainEvents(deps(store), source);
  },
};

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
const sizes = {};
let last;
for (let round = 0; round < rounds; round += 1)
  for (const [name, run] of Object.entries(contenders)) {
    const store = newStore();
    const begin = performance.now();
    await run(store);
    times[name].push(performance.now() - begin);
    store.db.pragma('wal_checkpoint(TRUNCATE)');
    sizes[name] = (await stat(store.path)).size;
    if (last) last.close();
    last = store;
  }

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const base = median(times['prepared INSERTs alone']);
process.stdout.write(`${steps.toLocaleString('en-US')} events, ${points.toLocaleString('en-US')} points\n`);
for (const [name, list] of Object.entries(times)) {
  const rate = Math.round(points / median(list));
  process.stdout.write(
    `${name.padEnd(24)} ${`${rate}k`.padStart(6)} points/s  ${(sizes[name] / points).toFixed(1)} bytes/point  ×${(base / median(list)).toFixed(2)}\n`,
  );
}
const recorded = seriesSummaries(last, 'bench').reduce((sum, series) => sum + series.points, 0);
if (recorded !== points) throw new Error(`${recorded} points on record, not ${points}`);
for (const maxPoints of [1000, steps]) {
  const begin = performance.now();
  const buckets = readSeries(last, 'bench', 'loss', { maxPoints });
  process.stdout.write(
    `reading loss in ≤ ${maxPoints} buckets: ${buckets.length}, ${(performance.now() - begin).toFixed(1)} ms\n`,
  );
}
last.close();
await rm(dir, { recursive: true });
