// How long `lorch db rebuild` takes, beside a program that only reads and parses the same files, and how long others
// wait for the database meanwhile. `node bench/rebuild.mjs [runs] [steps]` after `npm run build`: folders made from
// test/fixtures/run-folders/finished, each with its own plan, launch, claim, exit and events. LORCH_DIST names another
// build, to compare.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

const dist = process.env.LORCH_DIST ?? resolve(import.meta.dirname, '../dist');
const [runs = 10_000, steps = 50] = process.argv.slice(2).map(Number);
const source = resolve(import.meta.dirname, '../test/fixtures/run-folders/finished');
const fixtureId = '20261130-042415-quickstart-r16-327d';

const dir = mkdtempSync(join(tmpdir(), 'lorch-rebuild-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
makeFolders();

await readOnly();
await rebuild('no index yet');
await rebuild('an index is there');
await readOnly();

function makeFolders() {
  const read = (file) => readFileSync(join(source, file), 'utf8');
  const plan = read('plan.json');
  const record = read('run.json');
  const launch = read('attempt-1/launch.json');
  const lines = read('attempt-1/events.jsonl').trimEnd().split('\n');
  const stepLines = lines.filter((line) => line.includes('"type": "step"')).slice(0, steps);
  const others = lines.filter((line) => !line.includes('"type": "step"'));
  const events = `${[...others.slice(0, -1), ...stepLines, others.at(-1)].join('\n')}\n`;
  writeFileSync(join(dir, 'lorch.yaml'), '');
  for (let i = 0; i < runs; i += 1) {
    const id = `20261130-${String(100_000 + (i % 100_000)).slice(-6)}-bench-${i.toString(16).padStart(4, '0').slice(-4)}`;
    const run = join(dir, 'runs', id);
    mkdirSync(join(run, 'attempt-1'), { recursive: true });
    writeFileSync(join(run, 'plan.json'), plan);
    writeFileSync(join(run, 'run.json'), record.replace(fixtureId, id));
    writeFileSync(join(run, 'attempt-1/launch.json'), launch.replace(/"token": "[^"]*"/, `"token": "${id}"`));
    writeFileSync(join(run, 'attempt-1/events.jsonl'), events);
    for (const file of ['config.yaml', 'ledger.jsonl.gz']) cpSync(join(source, file), join(run, file));
    for (const file of ['claim.json', 'trainer.json', 'exit.json', 'train.log'])
      cpSync(join(source, 'attempt-1', file), join(run, 'attempt-1', file));
    writeFileSync(join(run, 'report.md'), '# a report\n');
  }
}

/** What any index of these folders must do at least: read the files that decide, and parse them. */
async function readOnly() {
  const program = `
    const { readdirSync, readFileSync } = require('node:fs');
    let lines = 0;
    for (const run of readdirSync('runs', { withFileTypes: true })) {
      if (!run.isDirectory()) continue;
      const read = (file) => readFileSync('runs/' + run.name + '/' + file, 'utf8');
      for (const file of ['plan.json', 'run.json', ...['launch', 'claim', 'trainer', 'exit'].map((k) => 'attempt-1/' + k + '.json')])
        JSON.parse(read(file));
      for (const line of read('attempt-1/events.jsonl').split('\\n')) if (line) lines += JSON.parse(line) !== null;
    }
    process.stdout.write(lines + ' events');`;
  const { said, seconds, cpu } = await timed(['-e', program]);
  process.stdout.write(`only reading and JSON.parse: ${said} in ${seconds} s (${cpu})\n`);
}

async function rebuild(what) {
  const waits = [];
  const path = join(dir, 'runs/lorch.db');
  const { said, seconds, cpu } = await timed([join(dist, 'bin.js'), 'db', 'rebuild'], () => {
    waits.push(writeOnce(path));
  });
  waits.sort((a, b) => a - b);
  const at = (share) => Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0);
  const left = readdirSync(join(dir, 'runs')).filter((name) => name.includes('.new-'));
  process.stdout.write(
    `${what}: ${said} in ${seconds} s (${cpu}); another writer waited ${at(0.5)} ms (median), ${at(0.99)} ms (99 %), ${at(1)} ms at most${left.length > 0 ? `; left ${left}` : ''}\n`,
  );
}

/** Runs node; calls `meanwhile` every 50 ms. CPU time is that of all its threads. */
async function timed(args, meanwhile) {
  const tellCpu =
    "data:text/javascript,import{writeSync}from'node:fs';process.on('exit',()=>{const{user,system}=process.cpuUsage();writeSync(3,((user%2Bsystem)/1e6).toFixed(1))})";
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', tellCpu, ...args], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const texts = [1, 3].map((fd) => collect(child.stdio[fd]));
  let running = true;
  const closed = new Promise((done) => child.on('close', done)).then(() => {
    running = false;
  });
  if (meanwhile) await sleep(1_000);
  while (meanwhile && running) {
    await sleep(50);
    meanwhile();
  }
  await closed;
  const [said, cpu] = (await Promise.all(texts)).map((text) => text.trim());
  return { said, cpu: `${cpu} s of CPU time`, seconds: ((performance.now() - began) / 1000).toFixed(1) };
}

async function collect(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

// What a follower does: one short transaction. A wait of 5 s is where it would give up.
function writeOnce(path) {
  const began = performance.now();
  try {
    const db = new Database(path, { timeout: 5_000 });
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    db.close();
  } catch (error) {
    if (!String(error.code).startsWith('SQLITE_BUSY')) throw error;
  }
  return performance.now() - began;
}
