// Near-duplicates: the exact join against MinHash, which is what most tools do, on the same rows in the same process; then
// the command from a cold start, with its peak memory. `node bench/near.mjs [rows] [threshold] [file]` after `npm run build`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRows } from './generate-rows.mjs';

const dist = new URL('../dist', import.meta.url).pathname;
const { defaultNear, findNearDuplicates } = await import(`${dist}/dataset/duplicates/near-duplicates.js`);
const { wordsOf } = await import(`${dist}/dataset/duplicates/words.js`);
const { dedupDataset } = await import(`${dist}/app/data/near/dedup-dataset.js`);

const wanted = Number(process.argv[2] ?? 52_000);
const threshold = Number(process.argv[3] ?? 0.8);
const rounds = 3;
// MinHash over a million rows takes minutes, and its recall does not change.
const sideBySide = Math.min(wanted, 52_000);

// The process's own peak: what getrusage says would include this process's, which started it.
const peakHook = `
import { readFileSync } from 'node:fs';
process.on('exit', () => process.stderr.write('peak ' + /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]));`;

const dir = mkdtempSync(join(tmpdir(), 'lorch-near-'));
const print = (text) => process.stdout.write(`${text}\n`);
try {
  const file = process.argv[4] ?? join(dir, 'rows.jsonl');
  if (!process.argv[4]) await writeRows(file, { rows: wanted, seed: 1, format: 'alpaca' });
  const first = join(dir, 'first.jsonl');
  writeFileSync(first, readFileSync(file, 'utf8').split('\n', sideBySide).join('\n'));
  await compare(first);
  coldStart(file);
} finally {
  rmSync(dir, { recursive: true });
}

async function compare(path) {
  const texts = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { instruction, input, output } = JSON.parse(line);
      return { prompt: input ? `${instruction}\n\n${input}` : instruction, output };
    });
  const contenders = {
    'MinHash, 128 permutations, 16 × 8, verified': () => minHashPairs(texts),
    'exact, one by one, from memory': () => exactPairs(texts),
    'exact, from the file': () => filePairs(path),
  };
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  const found = {};
  for (let round = 0; round < rounds; round += 1)
    for (const [name, run] of Object.entries(contenders)) {
      const begin = performance.now();
      const pairs = await run();
      times[name].push(performance.now() - begin);
      found[name] = pairs;
    }
  const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
  const base = median(Object.values(times)[0]);
  const truth = found['exact, one by one, from memory'];
  print(`${texts.length.toLocaleString('en-US')} rows, ${truth.size} pairs at ${threshold}`);
  for (const [name, list] of Object.entries(times)) {
    const ms = median(list);
    const recall = [...truth].filter((pair) => found[name].has(pair)).length / truth.size;
    print(
      `${name.padEnd(46)} ${`${Math.round(texts.length / ms)}k`.padStart(6)} rows/s  ×${(base / ms).toFixed(1).padStart(5)}  recall ${recall.toFixed(3)}`,
    );
  }
}

async function exactPairs(texts) {
  async function* rows() {
    for (const [row, { prompt, output }] of texts.entries())
      yield {
        example: {
          messages: [
            { role: 'user', content: prompt },
            { role: 'assistant', content: output },
          ],
          meta: {},
        },
        side: 'train',
        findings: 0,
        place: { row, file: '', line: row + 1, column: 1 },
      };
  }
  const { blocks } = await findNearDuplicates(rows, { ...defaultNear, threshold });
  return pairsOf(blocks);
}

async function filePairs(path) {
  const { near } = await dedupDataset({
    cwd: dir,
    patterns: [path],
    validation: [],
    against: [],
    format: 'auto',
    env: {},
    stdin: process.stdin,
    near: { ...defaultNear, threshold },
    out: null,
    madeBy: { command: 'bench', version: '', atMs: 0 },
  });
  return pairsOf(near.blocks);
}

function pairsOf(blocks) {
  const pairs = new Set();
  for (const { a, b } of blocks)
    for (const [i, x] of a.rows.entries())
      for (const y of a === b ? a.rows.slice(i + 1) : b.rows)
        pairs.add([x.place.row, y.place.row].sort((p, q) => p - q).join('-'));
  return pairs;
}

// The usual way: hashed 3-grams, 128 multiply-shift minima, 16 bands of 8, candidates verified by their sets.
function minHashPairs(texts) {
  const permutations = 128;
  const [bands, width] = [16, 8];
  const a = Uint32Array.from({ length: permutations }, (_, i) => Math.imul(i * 2 + 1, 0x9e3779b1) | 1);
  const b = Uint32Array.from({ length: permutations }, (_, i) => Math.imul(i + 7, 0x85ebca6b));
  const sets = texts.map(({ prompt, output }) => shinglesOf(`${prompt}\n${output}`));
  const buckets = Array.from({ length: bands }, () => new Map());
  const minima = new Uint32Array(permutations);
  const pairs = new Set();
  sets.forEach((set, row) => {
    minima.fill(0xffffffff);
    for (const shingle of set)
      for (let p = 0; p < permutations; p += 1) {
        let h = (Math.imul(shingle, a[p]) + b[p]) | 0;
        h = (h ^ (h >>> 15)) >>> 0;
        if (h < minima[p]) minima[p] = h;
      }
    for (let band = 0; band < bands; band += 1) {
      const key = minima.subarray(band * width, (band + 1) * width).join();
      const rows = buckets[band].get(key) ?? [];
      for (const other of rows) {
        const pair = `${other}-${row}`;
        if (!pairs.has(pair) && jaccard(sets[other], set) >= threshold) pairs.add(pair);
      }
      rows.push(row);
      buckets[band].set(key, rows);
    }
  });
  return pairs;
}

function shinglesOf(text) {
  const words = wordsOf(text, 'auto');
  const set = new Set();
  for (let i = 0; i < Math.max(1, words.length - 2); i += 1) {
    let h = 0x811c9dc5;
    const shingle = words.slice(i, i + 3).join(' ');
    for (let k = 0; k < shingle.length; k += 1) h = Math.imul(h ^ shingle.charCodeAt(k), 0x01000193);
    set.add(h | 0);
  }
  return set;
}

function jaccard(x, y) {
  let shared = 0;
  for (const each of x) if (y.has(each)) shared += 1;
  return shared / (x.size + y.size - shared);
}

function coldStart(path) {
  const rows = readFileSync(path).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
  const seconds = [];
  let peak = 0;
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    const { stderr, status } = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(peakHook)}`,
        `${dist}/bin.js`,
        'data',
        'dedup',
        path,
        '--near',
        String(threshold),
      ],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    seconds.push((performance.now() - begin) / 1000);
    peak = Math.max(peak, Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024);
  }
  const best = Math.min(...seconds);
  print(
    `cold: lorch data dedup, ${rows.toLocaleString('en-US')} rows, ${Math.round(statSync(path).size / 1e6)} MB: ${seconds.map((s) => s.toFixed(2)).join(' ')} s, best ${Math.round(rows / best / 1000)}k rows/s, peak ${peak.toFixed(0)} MiB`,
  );
}
