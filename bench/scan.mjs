// What checking costs: the scan (read, parse, check, exact duplicates, fingerprints, ledger) against a loop that only
// reads lines and parses them. `node bench/scan.mjs [rows] [file]` after `npm run build`.
// Rounds are interleaved, so that the machine's noise falls on both; each prints its median.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';

const dist = process.env.LORCH_DIST ?? new URL('../dist', import.meta.url).pathname;
const { scanDataset } = await import(`${dist}/dataset/scan/scan.js`);
const { checks } = await import(`${dist}/dataset/checks/index.js`);
const { createJudgePool } = await import(`${dist}/app/sources/judge-pool.js`);
const { jsonl } = await import(`${dist}/dataset/readers/jsonl.js`);
const wantedRows = Number(process.argv[2] ?? 200_000);
const rounds = 5;

const dir = await mkdtemp(join(tmpdir(), 'lorch-bench-'));
const file = process.argv[3] ?? (await writeRows(join(dir, 'rows.jsonl'), wantedRows));
const bytes = (await stat(file)).size;

const options = {
  format: 'auto',
  onError: 'drop',
  duplicates: { exact: 'drop' },
  split: null,
};
const structureOnly = Object.fromEntries(
  checks.filter(({ group }) => (group ?? 'structure') !== 'structure').map(({ code }) => [code, 'off']),
);
const pool = createJudgePool();
const scan = (more, sink = {}) => scanDataset([{ path: file, label: file }], { ...options, ...more }, sink);
const contenders = {
  'readline + JSON.parse': async () => {
    let rows = 0;
    for await (const line of createInterface({ input: createReadStream(file) })) {
      if (line !== '' && typeof JSON.parse(line) === 'object') rows += 1;
    }
    return rows;
  },
  'reader only (positions, faults)': async () => {
    let rows = 0;
    const chunks = createReadStream(file, { highWaterMark: 256 * 1024 });
    for await (const batch of jsonl.read(chunks, { maxRowBytes: 5e7, remark: () => undefined }))
      rows += batch.length;
    return rows;
  },
  'structure + exact duplicates': async () =>
    (await scan({ checks: structureOnly, fingerprints: false })).rows,
  'the same, row by row': async () =>
    (await scan({ checks: structureOnly, fingerprints: false }, { onExample: () => undefined })).rows,
  'every check, one thread': async () => (await scan({ fingerprints: false })).rows,
  'every check, a thread a core': async () => (await scan({ fingerprints: false, pool })).rows,
  'with fingerprints': async () => (await scan({ pool })).rows,
};

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
let rows = 0;
for (let round = 0; round < rounds; round += 1)
  for (const [name, run] of Object.entries(contenders)) {
    const begin = performance.now();
    rows = await run();
    times[name].push(performance.now() - begin);
  }

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const base = median(times['readline + JSON.parse']);
process.stdout.write(`${rows.toLocaleString('en-US')} rows, ${(bytes / 1e6).toFixed(0)} MB\n`);
for (const [name, list] of Object.entries(times)) {
  const seconds = median(list) / 1000;
  const rate = Math.round(rows / seconds / 1000);
  process.stdout.write(
    `${name.padEnd(34)} ${`${rate}k`.padStart(6)} rows/s  ${(bytes / 1e6 / seconds).toFixed(0).padStart(4)} MB/s  ×${(base / median(list)).toFixed(2)}\n`,
  );
}
process.stdout.write(`peak memory of all ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`);
await pool.close();
await rm(dir, { recursive: true });

// Alpaca-like rows of about 370 bytes, the same on every machine; one in fifty repeats an earlier one.
async function writeRows(path, count) {
  let state = 12345;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const words = Array.from({ length: 4000 }, () =>
    Array.from({ length: 2 + random(8) }, () => 'etaoinshrdlcumwfgypbvk'[random(22)]).join(''),
  );
  const text = (least, most) =>
    Array.from({ length: least + random(most - least) }, () => words[random(words.length)]).join(' ');
  const out = createWriteStream(path);
  const kept = [];
  for (let i = 0; i < count; i += 1) {
    const old = i % 50 === 49 ? kept[random(kept.length)] : undefined;
    const row =
      old ??
      JSON.stringify({
        instruction: `${text(6, 16)}?`,
        input: random(3) === 0 ? text(4, 20) : '',
        output: `${text(10, 60)}.\n${text(1, 6)} "${text(1, 3)}"`,
      });
    if (kept.length < 1000) kept.push(row);
    if (!out.write(`${row}\n`)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
  await finished(out);
  return path;
}
