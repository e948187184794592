// What each check of a row's content costs: microseconds a row for each alone and for all together, the dearest first.
// `node bench/checks.mjs [file] [rows]` after `npm run build`; without a file, generated rows. The examples are parsed
// before the clock starts; rounds are interleaved and the best of each is shown, as the machine's noise only adds.
// `JSON.parse` of the same messages stands beside them: on a busy machine compare with that.
import { Readable } from 'node:stream';

const dist = process.env.LORCH_DIST ?? new URL('../dist', import.meta.url).pathname;
const { scanDataset } = await import(`${dist}/dataset/scan/scan.js`);
const { checks } = await import(`${dist}/dataset/checks/index.js`);
const { featuresOf } = await import(`${dist}/dataset/text/features.js`);
const file = process.argv[2];
const wanted = Number(process.argv[3] ?? 20_000);
const rounds = 7;

const examples = [];
await scanDataset(
  [
    file
      ? { path: file, label: file }
      : { path: '', label: 'generated', stream: Readable.from(rows(wanted)) },
  ],
  {
    format: 'auto',
    onError: 'drop',
    duplicates: { exact: 'keep' },
    split: null,
    checks: Object.fromEntries(checks.filter(({ group }) => group).map(({ code }) => [code, 'off'])),
  },
  { onExample: (_, { example }) => void (examples.length < wanted && examples.push(example)) },
);

let found = 0;
const report = () => {
  found += 1;
};
const content = checks.filter((check) => check.group === 'content' && check.run);
const runs = content.map((check) => {
  const thresholds = Object.fromEntries(
    Object.entries(check.thresholds ?? {}).map(([name, threshold]) => [name, threshold.default]),
  );
  return { name: `${check.code} ${check.name}`, run: (example) => check.run(example, report, thresholds) };
});

const micros = (run) => {
  const begin = performance.now();
  for (const example of examples) run(example);
  return ((performance.now() - begin) * 1000) / examples.length;
};
const texts = new Map(examples.map((example) => [example, JSON.stringify(example)]));
const best = new Map();
const keep = (name, value) => best.set(name, Math.min(value, best.get(name) ?? Number.POSITIVE_INFINITY));
// One example is remembered: another between two of a check makes it read each anew.
const other = { messages: [], meta: {} };
for (let round = 0; round < rounds; round += 1) {
  keep(
    'JSON.parse',
    micros((example) => JSON.parse(texts.get(example))),
  );
  keep(
    'features alone',
    micros((example) => featuresOf(example)),
  );
  for (const { name, run } of runs) {
    const withFeatures = micros((example) => run(example));
    featuresOf(other);
    keep(name, withFeatures);
  }
  found = 0;
  keep(
    'all together',
    micros((example) => {
      for (const { run } of runs) run(example);
    }),
  );
}

const features = best.get('features alone');
const lines = [...best].filter(([name]) => name.startsWith('D')).sort((a, b) => b[1] - a[1]);
const show = (name, value) => process.stdout.write(`${name.padEnd(32)} ${value.toFixed(2).padStart(7)} µs\n`);
process.stdout.write(`${examples.length} rows, ${found} findings\n`);
show('all together', best.get('all together'));
show('features alone', features);
show('JSON.parse of the same', best.get('JSON.parse'));
for (const [name, value] of lines) show(name, Math.max(0, value - features));

// Alpaca-like rows of about 370 bytes, the same on every machine.
function* rows(count) {
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
  for (let i = 0; i < count; i += 1) {
    const row = {
      instruction: `${text(6, 16)}?`,
      input: random(3) === 0 ? text(4, 20) : '',
      output: `${text(10, 60)}.\n${text(1, 6)} "${text(1, 3)}"`,
    };
    yield Buffer.from(`${JSON.stringify(row)}\n`);
  }
}
