// `npm test`: everything, from a fresh clone. Ends with one line: N passed, N failed (, N skipped).
// A test whose program is absent says so and skips; `LORCH_PYTHON` names an environment to use instead of the cached one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { duration, lorch, root, run } from './run.mjs';

const started = Date.now();
const reports = mkdtempSync(join(tmpdir(), 'lorch-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, by name: printed again at the end, where a long log is looked at first. */
const failures = [];
const say = (text) => process.stdout.write(`${text}\n`);

function title(text) {
  say(`\n── ${text} (${duration(Date.now() - started)})`);
}

/** A check beside the tests: silent in the count if it passes, a failure if it does not. */
async function check(name, program, args, options = {}) {
  title(name);
  const { code } = await run(program, args, { show: true, ...options });
  if (code === 0) return;
  fail(name);
}

function fail(name) {
  totals.failed += 1;
  failures.push(name);
  say(`FAILED: ${name}`);
}

const bin = (name) => join(root, 'node_modules', '.bin', name);

title('packages and build');
await bootstrap(say);

title("the trainer's Python");
const python = await findPython();

await check('Biome', bin('biome'), ['check', '--diagnostic-level=warn', '.']);
await check('TypeScript', bin('tsc'), ['--noEmit']);
await check('generated files', process.execPath, [join(root, 'scripts', 'generate.mjs'), '--check']);
await vitest();
if (python) {
  const trainer = join(root, 'src', 'trainer');
  const config = join(trainer, 'pyproject.toml');
  const sources = [trainer, join(root, 'test', 'trainer')];
  await check('ruff', python, ['-m', 'ruff', 'check', '--config', config, ...sources]);
  await check('ruff format', python, ['-m', 'ruff', 'format', '--check', '--config', config, ...sources]);
  await check('mypy', python, ['-m', 'mypy', '--config-file', config], { cwd: trainer });
  await pytest(python);
}

rmSync(reports, { recursive: true, force: true });
if (failures.length > 0) {
  title('failed');
  for (const name of failures) say(name);
}
say(`\nin ${duration(Date.now() - started)}`);
say(`${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;

/** The interpreter to test with, or null if this machine has no Python that could be one. */
async function findPython() {
  const given = process.env.LORCH_PYTHON;
  if (given) {
    say(`LORCH_PYTHON=${given}`);
    return given;
  }
  const { code, stdout } = await lorch(['setup', '--dev']);
  if (code === 0) return stdout.trim();
  const absent =
    (
      await run('python3', ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10)'], {
        quiet: true,
      })
    ).code !== 0;
  if (absent)
    say('SKIPPED: the Python tests and those that train; there is no Python 3.10 or newer with venv');
  else fail('lorch setup --dev');
  return null;
}

async function vitest() {
  title('vitest');
  const file = join(reports, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await run(bin('vitest'), args, {
    show: true,
    env: python ? { LORCH_PYTHON: python } : {},
  });
  const report = readReport(file, (text) => JSON.parse(text));
  if (report) {
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests;
    totals.skipped += report.numPendingTests + report.numTodoTests;
    for (const file of report.testResults) {
      const failed = file.assertionResults.filter((test) => test.status === 'failed');
      for (const test of failed) failures.push(`${relative(root, file.name)}: ${test.fullName}`);
    }
  }
  // A file that could not even be loaded fails without a failed test.
  if (code !== 0 && !(report?.numFailedTests > 0)) fail('vitest');
}

async function pytest(executable) {
  title('pytest');
  const file = join(reports, 'pytest.xml');
  const args = [
    '-m',
    'pytest',
    '-q',
    '-p',
    'no:cacheprovider',
    '-rs',
    '--numprocesses=auto',
    '--maxprocesses=4',
    '--dist=loadfile',
    `--junitxml=${file}`,
    join(root, 'test', 'trainer'),
  ];
  const { code } = await run(executable, args, { show: true, env: { OMP_NUM_THREADS: '1' } });
  const suite = readReport(file, (text) => {
    const attribute = (name) =>
      Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
    const failed = /<testcase classname="([^"]*)" name="([^"]*)"[^>]*><(?:failure|error)/g;
    for (const [, file, name] of text.matchAll(failed)) failures.push(`${file}: ${name}`);
    return {
      tests: attribute('tests'),
      failed: attribute('failures') + attribute('errors'),
      skipped: attribute('skipped'),
    };
  });
  if (suite) {
    totals.passed += suite.tests - suite.failed - suite.skipped;
    totals.failed += suite.failed;
    totals.skipped += suite.skipped;
  }
  if (code !== 0 && !(suite?.failed > 0)) fail('pytest');
}

function readReport(file, parse) {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch {
    say(`there is no report ${file}`);
    return null;
  }
}
