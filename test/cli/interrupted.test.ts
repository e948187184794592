// Commands that write files are told to end in the middle, as real processes: nothing half-written is left.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from './build-cli.ts';

let cli: ReturnType<typeof buildCli>;
let dir: string;
let tmp: string;
const rows = 60_000;

beforeAll(() => {
  cli = buildCli();
  const text = Array.from(
    { length: rows },
    (_, i) =>
      `${JSON.stringify({ instruction: `Name number ${i}. `, output: `It is ${i}, or so they say.` })}\n`,
  ).join('');
  dir = mkdtempSync(join(tmpdir(), 'lorch-interrupted-'));
  writeFileSync(join(dir, 'rows.jsonl'), text);
  tmp = mkdtempSync(join(tmpdir(), 'lorch-interrupted-tmp-'));
});
afterAll(() => {
  cli?.remove();
  for (const each of [dir, tmp]) if (each) rmSync(each, { recursive: true, force: true });
});

function start(args: string[]): ChildProcess {
  const child = spawn(process.execPath, [cli.bin, ...args], {
    cwd: dir,
    env: { ...process.env, TMPDIR: tmp },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It may be gone before it has read all.
  child.stdin?.on('error', () => undefined);
  return child;
}

const partials = (): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.partial'));

// Waits until it writes; false where it ended before that was seen.
async function isWriting(child: ChildProcess): Promise<boolean> {
  while (partials().length === 0) {
    if (child.exitCode !== null) return false;
    await setTimeout(1);
  }
  return true;
}

const commands: [string, string[]][] = [
  ['convert', ['data', 'convert', '-', '--to', 'chatml', '-o', 'out.jsonl']],
  ['split', ['data', 'split', '-', '-o', 'new/split']],
  ['dedup', ['data', 'dedup', 'rows.jsonl', '-o', 'out.jsonl']],
  ['sample', ['data', 'sample', 'rows.jsonl', '-n', String(rows), '-o', 'out.jsonl']],
  ['check --fix', ['data', 'check', 'rows.jsonl', '--fix', '-o', 'out.jsonl']],
  ['check --html', ['data', 'check', 'rows.jsonl', '--html', 'out.html']],
];

describe('a command that is told to end while it writes', () => {
  it.each(
    commands.flatMap(([name, args]) =>
      (['SIGINT', 'SIGTERM'] as const).map((signal) => [name, signal, args] as const),
    ),
  )('%s, %s: leaves nothing and exits with 130', async (_name, signal, args) => {
    // A command that was done before the signal came is given another chance.
    let end: unknown[] = [0];
    for (let tries = 0; tries < 20 && end[0] === 0; tries += 1) {
      for (const name of readdirSync(dir))
        if (name !== 'rows.jsonl') rmSync(join(dir, name), { recursive: true });
      const child = start([...args]);
      if (args.includes('-')) child.stdin?.write('{"instruction":"Hi","output":"Yes"}\n'.repeat(10_000));
      const ended = once(child, 'exit');
      if (await isWriting(child)) child.kill(signal);
      end = await ended;
    }
    expect(end).toEqual([130, null]);
    expect(readdirSync(dir, { recursive: true })).toEqual(['rows.jsonl']);
    expect(readdirSync(tmp)).toEqual([]);
  });
});

it('what a killed process left is removed by the next that writes there; what a living one writes stays', async () => {
  const args = ['data', 'convert', '-', '--to', 'chatml', '-o', 'out.jsonl'];
  const killed = start(args);
  await isWriting(killed);
  const stale = partials();
  const gone = once(killed, 'exit');
  killed.kill('SIGKILL');
  await gone;
  expect(partials()).toEqual(stale);

  const living = start(args);
  while (!partials().some((name) => !stale.includes(name))) await setTimeout(1);
  while (partials().some((name) => stale.includes(name))) await setTimeout(1);
  const other = start(args);
  const ended = once(other, 'exit');
  other.stdin?.end('{"instruction":"Hi","output":"Yes"}\n');
  expect(await ended).toEqual([0, null]);
  expect(partials()).not.toEqual([]);
  const interrupted = once(living, 'exit');
  living.kill('SIGTERM');
  expect(await interrupted).toEqual([130, null]);
  expect(readdirSync(dir).sort()).toEqual(['out.jsonl', 'out.jsonl.lineage.json', 'rows.jsonl']);
});
