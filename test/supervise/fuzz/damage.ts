// What can happen to a file of a run folder, chosen by a seed.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Random } from '../../dataset/fuzz/random.ts';

const files = [
  'config.yaml',
  'plan.json',
  'plan.json',
  'run.json',
  'run.json',
  'ledger.jsonl.gz',
  'report.md',
  'controller.log',
  'data',
  'checkpoints',
  'adapter',
  'adapter/adapter_config.json',
  'attempt-1',
  'attempt-1/launch.json',
  'attempt-1/claim.json',
  'attempt-1/claim.json',
  'attempt-1/trainer.json',
  'attempt-1/events.jsonl',
  'attempt-1/events.jsonl',
  'attempt-1/train.log',
  'attempt-1/stop.json',
  'attempt-1/exit.json',
  'attempt-1/exit.json',
  'attempt-2',
  'attempt-2/launch.json',
  'attempt-2/events.jsonl',
] as const;

type Damage = (path: string, random: Random) => void;

const clear = (path: string): void => {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
};
const write = (path: string, text: string | Buffer): void => {
  clear(path);
  writeFileSync(path, text);
};
const bytesOf = (path: string): Buffer =>
  existsSync(path) && statSync(path).isFile() ? readFileSync(path) : Buffer.from('{"lorch":1}\n');

const odd: unknown[] = [
  null,
  [],
  {},
  '',
  'x',
  0,
  -1,
  1.5,
  9e15,
  8.7e15,
  true,
  [null],
  { a: null },
  '../../x',
  '\u0000',
  '\u001b[31m',
  'x'.repeat(5000),
];

/** Replaces one value somewhere in a JSON value. */
function twist(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return random.pick(odd);
  if (Array.isArray(value)) {
    if (value.length === 0) return random.pick(odd);
    const at = random.int(value.length);
    return value.map((each: unknown, i) => (i === at ? twist(each, random) : each));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return random.pick(odd);
  const at = random.int(entries.length);
  if (random.chance(0.15)) return Object.fromEntries(entries.filter((_, i) => i !== at));
  return Object.fromEntries(entries.map(([key, each], i) => [key, i === at ? twist(each, random) : each]));
}

const damages: Record<string, Damage> = {
  missing: (path) => clear(path),
  empty: (path) => write(path, ''),
  torn(path, random) {
    const bytes = bytesOf(path);
    write(path, bytes.subarray(0, random.int(bytes.length + 1)));
  },
  zeros(path, random) {
    const bytes = Buffer.from(bytesOf(path));
    const from = random.int(bytes.length + 1);
    bytes.fill(0, from, from + 1 + random.int(512));
    write(path, bytes);
  },
  noise(path, random) {
    const bytes = Buffer.from(bytesOf(path));
    for (let i = 0; i < 1 + random.int(20) && bytes.length > 0; i += 1)
      bytes[random.int(bytes.length)] = random.int(256);
    write(path, bytes);
  },
  folder(path) {
    clear(path);
    mkdirSync(path);
  },
  'full folder'(path) {
    clear(path);
    mkdirSync(path);
    writeFileSync(join(path, 'x'), 'x');
  },
  'dangling link'(path) {
    clear(path);
    symlinkSync('/no/such/file', path);
  },
  'link to itself'(path) {
    clear(path);
    symlinkSync(path, path);
  },
  'link to zeros'(path) {
    clear(path);
    symlinkSync('/dev/zero', path);
  },
  'link to a folder'(path) {
    clear(path);
    symlinkSync('..', path);
  },
  pipe(path) {
    clear(path);
    execFileSync('mkfifo', [path]);
  },
  unreadable(path) {
    if (existsSync(path)) chmodSync(path, 0);
  },
  huge(path) {
    write(path, bytesOf(path));
    truncateSync(path, 3 * 2 ** 30);
  },
  null: (path) => write(path, 'null'),
  list: (path) => write(path, '[1, {}, null]'),
  'later version'(path) {
    const text = bytesOf(path).toString('utf8');
    write(path, text.replace(/"(lorch|v)": ?1/g, '"$1": 99'));
  },
  deep: (path, random) =>
    write(
      path,
      random.chance(0.5) ? '['.repeat(200_000) : `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}\n`,
    ),
  twisted(path, random) {
    const text = bytesOf(path).toString('utf8');
    const lines = path.endsWith('.jsonl') ? text.trimEnd().split('\n') : [text];
    const at = random.int(lines.length);
    try {
      lines[at] = JSON.stringify(twist(JSON.parse(lines[at] ?? ''), random));
    } catch {
      lines[at] = 'not JSON';
    }
    write(path, `${lines.join('\n')}\n`);
  },
  'repeated lines'(path) {
    const bytes = bytesOf(path);
    write(path, Buffer.concat([bytes, bytes]));
  },
};

/** Damages a run folder in one to three places, and says how. */
export function damageRun(runDir: string, random: Random): string {
  const done: string[] = [];
  for (let i = 0; i < 1 + random.int(3); i += 1) {
    const file = random.pick(files);
    // Twists are many: half of all are.
    const name = random.chance(0.4) ? 'twisted' : random.pick(Object.keys(damages));
    const path = join(runDir, file);
    try {
      damages[name]?.(path, random);
      done.push(`${file}: ${name}`);
    } catch {
      // Something above it was damaged before.
      done.push(`${file}: not possible`);
    }
  }
  if (random.chance(0.05)) {
    try {
      cpSync(runDir, `${runDir.slice(0, -4)}c0de`, { recursive: true, verbatimSymlinks: true });
    } catch {
      // A pipe cannot be copied; what came before it is there.
    }
    done.push('copied');
  }
  return done.join(', ');
}
