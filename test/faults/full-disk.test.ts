// The runs on a file system with 0 bytes left: a small tmpfs, mounted for the test.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunId } from '../../src/run/record.ts';
import { copyFinishedRun } from '../supervise/finished-run.ts';
import { keptRun, otherRun } from './cases.ts';
import { type FaultWorkspace, makeFaultWorkspace } from './workspace.ts';

const lostRun = '20261130-050002-lost-cccc';
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount) process.stdout.write('skipped: a full disk needs a mount, which root alone may do\n');

describe.skipIf(!canMount)('a disk with no space left', () => {
  let workspace: FaultWorkspace;
  let runsDir: string;
  let mounted = false;
  let ballast: string;

  beforeAll(() => {
    workspace = makeFaultWorkspace(undefined);
    runsDir = join(workspace.root, 'runs');
    ballast = join(runsDir, '.ballast');
    const aside = join(workspace.beside, 'aside');
    cpSync(runsDir, aside, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', runsDir], { stdio: 'pipe' });
      mounted = true;
    } catch (error) {
      process.stdout.write(`skipped: tmpfs cannot be mounted here: ${String(error)}\n`);
      return;
    }
    cpSync(aside, runsDir, { recursive: true });
    copyFinishedRun(runsDir, lostRun);
    for (const file of ['exit.json', 'events.jsonl']) rmSync(join(runsDir, lostRun, 'attempt-1', file));
    workspace.run(['db', 'rebuild']);
  });
  afterAll(() => {
    if (mounted) execFileSync('umount', ['-l', runsDir]);
    workspace?.close();
  });

  function fill(): void {
    writeFileSync(ballast, '');
    for (const size of [65_536, 4096, 1])
      for (;;)
        try {
          appendFileSync(ballast, Buffer.alloc(size));
        } catch {
          break;
        }
  }

  const folders = () =>
    readdirSync(runsDir).filter((name) => isRunId(name) && !name.startsWith('lorch.')).sort();
  const attempts = (run: string) => readdirSync(join(runsDir, run)).filter((name) => name.startsWith('attempt-'));

  it('is read as before, starts nothing, and has room again after lorch rm', ({ skip }) => {
    if (!mounted) skip('tmpfs cannot be mounted');
    fill();
    const before = folders();
    for (const args of [['runs'], ['show', keptRun], ['logs', keptRun], ['compare', keptRun, otherRun]]) {
      const { code, stdout, stderr } = workspace.run(args);
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
      expect(stdout).toMatch(/\S/);
    }
    for (const args of [
      ['rerun', keptRun, '--detach', '--unreviewed', 'a test'],
      ['resume', lostRun, '--detach'],
    ]) {
      const { code, stderr } = workspace.run(args);
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(3);
      expect(stderr.match(/^error/gm)).toHaveLength(1);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
    expect(folders()).toEqual(before);
    expect(attempts(lostRun)).toEqual(['attempt-1']);
    const removed = workspace.run(['rm', otherRun, '--yes']);
    expect(removed.code, removed.stderr).toBe(0);
    expect(existsSync(join(runsDir, otherRun))).toBe(false);
    rmSync(ballast);
    const listed = workspace.run(['runs', '--all', '--json']);
    const { runs } = JSON.parse(listed.stdout) as { runs: { id: string; attempts: number }[] };
    expect(runs.map(({ id, attempts: count }) => [id, count]).sort()).toEqual([
      [keptRun, 1],
      [lostRun, 1],
    ]);
    expect(attempts(lostRun)).toEqual(['attempt-1']);
  });
});
