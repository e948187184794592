// A million mutated rows through the scan, and some thousands of files through the data commands.
// `node bench/fuzz-data.mjs [rows] [files] [seed]`: 1,000,000 rows and 3,000 files from seed 0 unless told.
// The work runs in a process of its own; one that says nothing for a minute is a hang, and the file's seed is printed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '..');
const [rows = 1_000_000, files = 3_000, from = 0] = process.argv.slice(2).map(Number);
const patienceMs = 60_000;
const shownFaults = 20;

const compiled = compile();
process.on('exit', () => rmSync(compiled, { recursive: true, force: true }));
const faults = (await fuzz('scan', rows)) + (await fuzz('commands', files));
process.exitCode = faults > 0 ? 1 : 0;

// Node runs no TypeScript: the sources and what fuzzes them, compiled into a folder that finds the dependencies.
function compile() {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'lorch-fuzz-'));
  const config = join(dir, 'tsconfig.json');
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { ...compilerOptions, rootDir: root, outDir: dir, sourceMap: false, noCheck: true },
      files: [join(root, 'test/dataset/fuzz/run-fuzz.ts')],
      include: [join(root, 'src')],
      exclude: [join(root, 'src/trainer')],
    }),
  );
  const tsc = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', config], { encoding: 'utf8' });
  if (tsc.status !== 0) throw new Error(tsc.stdout + tsc.stderr);
  writeFileSync(join(dir, 'package.json'), readFileSync(join(root, 'package.json')));
  return dir;
}

/** Runs one mode to its end, over again behind each file that hangs or kills the process; returns the faults. */
async function fuzz(mode, wanted) {
  const began = performance.now();
  const total = { files: 0, rows: 0, kept: 0, findings: 0 };
  let found = 0;
  for (let next = from; ; ) {
    const left = wanted - (mode === 'scan' ? total.rows : total.files);
    const { seed, done, sum, faults, end } = await watch(mode, next, left);
    for (const key of Object.keys(total)) total[key] += sum[key];
    for (const [i, fault] of faults.entries())
      if (found + i < shownFaults) process.stdout.write(`seed ${fault.seed}: ${fault.fault}\n`);
    found += faults.length;
    if (done) break;
    found += 1;
    total.files += 1;
    process.stdout.write(`seed ${seed}: ${end}\n`);
    next = seed + 1;
  }
  const seconds = (performance.now() - began) / 1000;
  const count = (n) => n.toLocaleString('en-US');
  process.stdout.write(
    mode === 'scan'
      ? `scan: ${count(total.files)} files, ${count(total.rows)} rows (${count(total.kept)} kept, ${count(total.findings)} findings), each read three ways: ${found} faults, ${seconds.toFixed(0)} s\n`
      : `commands: ${count(total.files)} files, each through 17 commands: ${found} faults, ${seconds.toFixed(0)} s\n`,
  );
  return found;
}

function watch(mode, seed, wanted) {
  return new Promise((settle) => {
    const script = join(compiled, 'test/dataset/fuzz/run-fuzz.js');
    const child = spawn(process.execPath, [script, mode, String(seed), String(wanted)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: dirname(script),
      env: { ...process.env, LORCH_FUZZ_ROOT: root },
    });
    const state = {
      seed,
      done: false,
      sum: { files: 0, rows: 0, kept: 0, findings: 0 },
      faults: [],
      end: '',
    };
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        state.end = `no answer for ${patienceMs / 1000} s`;
        child.kill('SIGKILL');
      }, patienceMs);
    };
    wait();
    createInterface({ input: child.stdout }).on('line', (line) => {
      wait();
      const said = JSON.parse(line);
      if (said.done) state.done = true;
      else if (said.sum) state.sum = said.sum;
      else if (said.fault) state.faults.push(said);
      else state.seed = said.seed;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      state.end ||= `the process ended with ${signal ?? code}`;
      settle(state);
    });
  });
}
