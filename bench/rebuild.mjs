// How long `lorch db rebuild` takes, and how long others wait for the database meanwhile.
// `node bench/rebuild.mjs [runs] [steps]` after `npm run build`: folders made from test/fixtures/run-folders/finished, each
// with its own plan, launch, claim, exit and events. LORCH_DIST names another build, to compare.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

const dist = process.env.LORCH_DIST ?? resolve(import.meta.dirname, '../dist');
const [runs = 10_000, steps = 10] = process.argv.slice(2).map(Number);
const source = resolve(import.meta.dirname, '../test/fixtures/run-folders/finished');
const fixtureId = '20261130-042415-quickstart-r16-327d';

const dir = mkdtempSync(join(tmpdir(), 'lorch-rebuild-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
makeFolders();

await rebuild('no index yet');
await rebuild('an index is there');

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
    for (const file of ['claim.json', 'trainer.json', 'exit.json', 'train.log'])
      cpSync(join(source, 'attempt-1', file), join(run, 'attempt-1', file));
    writeFileSync(join(run, 'report.md'), '# a report\n');
  }
}

async function rebuild(what) {
  const began = performance.now();
  const child = spawn(process.execPath, [join(dist, 'bin.js'), 'db', 'rebuild'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  let running = true;
  child.on('close', () => {
    running = false;
  });
  const waits = [];
  await sleep(1_000);
  const path = join(dir, 'runs/lorch.db');
  while (running) {
    await sleep(50);
    waits.push(writeOnce(path));
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  waits.sort((a, b) => a - b);
  const at = (share) => Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0);
  process.stdout.write(
    `${what}: ${said.trim()} in ${seconds} s; another writer waited ${at(0.5)} ms (median), ${at(0.99)} ms (99 %), ${at(1)} ms at most\n`,
  );
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
