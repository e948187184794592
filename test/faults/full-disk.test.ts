// The runs on a disk with 0 bytes left: what must be read is read, nothing starts, and room can be made.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunId } from '../../src/run/record.ts';
import { python } from '../e2e/workspace.ts';
import { copyFinishedRun } from '../supervise/finished-run.ts';
import { keptRun, otherRun } from './cases.ts';
import { makeSmallDisk, type SmallDisk } from './full-disk.ts';

const lostRun = '20261130-050002-lost-cccc';

describe('a disk with no space left', () => {
  let disk: SmallDisk | null;

  beforeAll(() => {
    disk = makeSmallDisk(python);
    if (!disk) return;
    copyFinishedRun(disk.runsDir, lostRun);
    for (const file of ['exit.json', 'events.jsonl']) rmSync(join(disk.runsDir, lostRun, 'attempt-1', file));
    expect(disk.run(['db', 'rebuild']).code).toBe(0);
  });
  afterAll(() => disk?.close());

  /** Everything in the folder of runs that is or might become a run. */
  const folders = ({ runsDir }: SmallDisk) =>
    readdirSync(runsDir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && (isRunId(entry.name) || entry.name.startsWith('.')))
      .map(({ name }) => name)
      .sort();
  const attempts = ({ runsDir }: SmallDisk, run: string) =>
    readdirSync(join(runsDir, run)).filter((name) => name.startsWith('attempt-'));

  it('is read as before, starts nothing, and has room again after lorch rm', ({ skip }) => {
    if (!disk) return skip('no disk to fill');
    const here = disk;
    here.fill();
    const before = folders(here);
    for (const args of [['runs'], ['show', keptRun], ['logs', keptRun], ['compare', keptRun, otherRun]]) {
      const { code, stdout, stderr } = here.run(args);
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
      expect(stdout).toMatch(/\S/);
    }
    const starts = [
      ['rerun', keptRun, '--detach', '--unreviewed', 'a test'],
      ['resume', lostRun, '--detach'],
    ];
    if (python) starts.push(['train', 'configs/run.yaml', '--detach', '--unreviewed', 'a test']);
    for (const args of starts) {
      const { code, stderr } = here.run(args);
      expect(code, `${args.join(' ')}: ${stderr}`).toBe(3);
      expect(stderr.match(/^error/gm)).toHaveLength(1);
      expect(stderr).toMatch(/no space/);
      expect(stderr).not.toMatch(/^ {4}at /m);
      expect(folders(here)).toEqual(before);
    }
    expect(attempts(here, lostRun)).toEqual(['attempt-1']);

    const removed = here.run(['rm', otherRun, '--yes']);
    expect(removed.code, removed.stderr).toBe(0);
    expect(existsSync(join(here.runsDir, otherRun))).toBe(false);
    // Full again, and it stays removed.
    here.fill();
    expect(listed(here)).toEqual([keptRun, lostRun]);
    here.empty();
    expect(listed(here)).toEqual([keptRun, lostRun]);
    expect(folders(here)).toEqual([keptRun, lostRun]);
    expect(attempts(here, lostRun)).toEqual(['attempt-1']);
  });

  function listed(here: SmallDisk): string[] {
    const { stdout } = here.run(['runs', '--all', '--json']);
    const { runs } = JSON.parse(stdout) as { runs: { id: string; attempts: number }[] };
    for (const { id, attempts } of runs) expect(attempts, id).toBe(1);
    return runs.map(({ id }) => id).sort();
  }
});
