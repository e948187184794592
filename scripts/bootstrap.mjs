// From a fresh clone to a built checkout: packages installed, native module loadable, dist/ up to date.
// Uses nothing but Node, because nothing else is there yet. Safe to run again; does only what is missing.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, run } from './run.mjs';

const stamp = join(root, 'node_modules', '.lorch-installed');
const lockfile = join(root, 'package-lock.json');
const built = join(root, 'dist', '.built');

/** Installs and builds what is missing or stale. `say` gets a line for each thing done. */
export async function bootstrap(say = tell) {
  checkNode();
  if (!(await installed())) await install(say);
  await buildIfStale(say);
}

/** Builds dist/ if a source is newer. */
export async function buildIfStale(say = tell) {
  if (isStale()) await build(say);
}

function tell(line) {
  process.stderr.write(`${line}\n`);
}

function checkNode() {
  const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace(
    /[^\d.]/g,
    '',
  );
  const [major, minor] = wanted.split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  fail(`lorch needs Node ${wanted} or newer; this is ${process.versions.node}`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(3);
}

/** What was installed must be what the lockfile says, and the one native module must load in this Node. */
async function installed() {
  const stamped = existsSync(stamp) && readFileSync(stamp, 'utf8') === wantedStamp();
  if (!(stamped || npmInstalled()) || !(await nativeLoads())) return false;
  if (!stamped) writeFileSync(stamp, wantedStamp());
  return true;
}

// Who typed `npm install` has the packages already: npm keeps a list of what it put into node_modules.
function npmInstalled() {
  const list = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const wanted = Object.entries(JSON.parse(readFileSync(lockfile, 'utf8')).packages);
  const { packages } = JSON.parse(readFileSync(list, 'utf8'));
  return wanted.every(
    ([path, { version, optional }]) => path === '' || optional || packages[path]?.version === version,
  );
}

function wantedStamp() {
  const lock = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  return `${lock} node-abi ${process.versions.modules} ${process.platform} ${process.arch}\n`;
}

async function nativeLoads() {
  const probe = "new (require('better-sqlite3'))(':memory:').close()";
  return (await run(process.execPath, ['-e', probe], { quiet: true })).code === 0;
}

async function install(say) {
  say('installing npm packages; this takes some minutes if better-sqlite3 has to be compiled');
  let { code } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0 || !(await nativeLoads())) {
    // A prebuilt better-sqlite3 or Node's headers could not be fetched: build with the headers beside this Node.
    const prefix = dirname(dirname(process.execPath));
    if (existsSync(join(prefix, 'include', 'node', 'node.h'))) {
      say(`building better-sqlite3 with the headers in ${join(prefix, 'include', 'node')}`);
      const env = { npm_config_nodedir: prefix };
      if (code !== 0) ({ code } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], env));
      if (code === 0 && !(await nativeLoads())) ({ code } = await npm(['rebuild', 'better-sqlite3'], env));
    }
  }
  if (code !== 0) fail('npm ci failed; its messages are above');
  if (!(await nativeLoads())) {
    fail(
      'better-sqlite3 was installed but does not load. It needs a prebuilt binary or a C++ compiler, make and Python.',
    );
  }
  writeFileSync(stamp, wantedStamp());
}

/** The npm that started us, or the one on PATH. Its output goes to stderr: stdout belongs to results. */
async function npm(args, env = {}) {
  const [program, first] = process.env.npm_execpath
    ? [process.execPath, [process.env.npm_execpath]]
    : ['npm', []];
  const result = await run(program, [...first, ...args], { env });
  if (result.code !== 0) process.stderr.write(result.stdout);
  if (result.code === null) fail('npm was not found');
  return result;
}

function isStale() {
  if (!existsSync(built)) return true;
  const since = statSync(built).mtimeMs;
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(join('src', 'trainer')))
    .map((entry) => join(entry.parentPath, entry.name));
  const configs = ['package.json', 'tsconfig.json', 'tsconfig.build.json'].map((name) => join(root, name));
  // A file that was taken away leaves its folder newer.
  const folders = [...new Set(sources.map((path) => dirname(path)))];
  return [...sources, ...configs, ...folders].some((path) => statSync(path).mtimeMs > since);
}

async function build(say) {
  say('building');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { code } = await npm(['run', '--silent', 'build']);
  if (code !== 0) fail('the build failed; its messages are above');
  writeFileSync(built, '');
}

if (process.argv[1] === join(root, 'scripts', 'bootstrap.mjs')) await bootstrap();
