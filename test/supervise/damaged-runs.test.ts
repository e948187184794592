// What becomes of a run whose folder is damaged: it ends as what is known of it, and nothing waits for it.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRemovable, removeRuns } from '../../src/app/runs/remove-run.ts';
import { sweepLeftovers, withoutReport } from '../../src/app/runs/sweep-leftovers.ts';
import { attemptPaths } from '../../src/run/layout.ts';
import { statusWord } from '../../src/run/status.ts';
import { beginAttempt } from '../../src/store/attempts.ts';
import { runFindings } from '../../src/store/findings.ts';
import { getRun } from '../../src/store/runs.ts';
import { followRun } from '../../src/supervise/follow-run.ts';
import { rebuildIndex } from '../../src/supervise/rebuild-index.ts';
import { recoverRuns } from '../../src/supervise/recover-runs.ts';
import { startAttempt } from '../../src/supervise/start-attempt.ts';
import { attemptJson, makeWorkspace, type TestWorkspace, until } from './workspace.ts';

let workspace: TestWorkspace;

beforeEach(async () => {
  workspace = await makeWorkspace('ok', {
    timing: { pollMs: 10, aliveEveryMs: 20, goneAfterMs: 60 },
  });
});
afterEach(() => workspace.close());

const status = (run: string): string => {
  const row = getRun(workspace.store, run);
  return row ? statusWord(row.status) : 'not on record';
};

async function trained(run: string): Promise<string> {
  await workspace.addRun(run);
  await startAttempt(workspace.deps, run);
  await followRun(workspace.deps, run);
  return workspace.runDir(run);
}

const damages: Record<string, (file: string) => Promise<unknown>> = {
  torn: async (file) => writeFile(file, (await readFile(file)).subarray(0, 9)),
  empty: (file) => writeFile(file, ''),
  'a folder': (file) => rm(file).then(() => mkdir(file)),
  'a link to itself': (file) => rm(file).then(() => symlink(file, file)),
  'a pipe': (file) => rm(file).then(() => execFileSync('mkfifo', [file])),
  null: (file) => writeFile(file, 'null'),
  huge: (file) => truncate(file, 2 ** 33),
};

describe('a run whose exit.json is damaged', () => {
  for (const [how, damage] of Object.entries(damages))
    it(`(${how}) ends as its trainer said, for whoever follows, reads or makes the index again`, async () => {
      const dir = await trained('one');
      await damage(join(dir, 'attempt-1/exit.json'));
      await rebuildIndex(workspace.deps);
      expect(status('one')).toBe('running');
      await followRun(workspace.another(), 'one');
      expect(status('one')).toBe('succeeded');
      expect(runFindings(workspace.store, 'one')).toMatchObject([{ code: 'R052', severity: 'warning' }]);
    });

  it('is lost if the trainer said nothing, with the reason', async () => {
    const dir = await trained('one');
    const { events, exit } = attemptPaths(dir, 1);
    const lines = (await readFile(events, 'utf8')).trimEnd().split('\n');
    await writeFile(events, `${lines.slice(0, -1).join('\n')}\n`);
    await writeFile(exit, '{"by": "shim", "co');
    await rebuildIndex(workspace.deps);
    const row = await followRun(workspace.deps, 'one');
    expect(statusWord(row.status)).toBe('lost');
    expect(row.failure?.message).toBe('exit.json is damaged: it is not valid JSON');
  });
});

describe('a claim that cannot be read', () => {
  it('of a dead supervisor ends the run as lost; the next attempt starts', async () => {
    await workspace.addRun('one');
    const paths = attemptPaths(workspace.runDir('one'), 1);
    await mkdir(paths.dir);
    // What a supervisor leaves that was killed between making the claim and writing it.
    await writeFile(paths.claim, '');
    beginAttempt(workspace.store, 'one', {
      n: 1,
      token: 'gone',
      host: 'local',
      scheduler: 'process',
      createdMs: Date.now() - 10_000,
    });
    const row = await followRun(workspace.deps, 'one');
    expect(statusWord(row.status)).toBe('lost');
    expect(row.failure?.message).toContain('claim.json is damaged (it is empty)');
    expect(await startAttempt(workspace.deps, 'one')).toBe(2);
    expect(statusWord((await followRun(workspace.deps, 'one')).status)).toBe('succeeded');
  });

  it('of a living one takes nothing from the run', async () => {
    const waits = workspace.another({
      trainerCommand: () => ['sh', '-c', 'while [ ! -e ../go ]; do sleep 0.05; done; exit 3'],
    });
    await workspace.addRun('one');
    await startAttempt(waits, 'one');
    await until(() => attemptJson(workspace, 'one', 1, 'trainer'));
    await writeFile(attemptPaths(workspace.runDir('one'), 1).claim, 'torn');
    await recoverRuns(workspace.another());
    expect(status('one')).toBe('running');
    await expect(findRemovable(workspace.deps, ['one'])).rejects.toMatchObject({ code: 'U108' });
    await writeFile(join(workspace.runDir('one'), 'go'), '');
    expect((await followRun(workspace.deps, 'one')).status).toMatchObject({ outcome: 'failed', exitCode: 3 });
  });
});

describe('the index made again', () => {
  it('takes in every sound run beside damaged plans, unknown hosts and copies', async () => {
    const dir = await trained('good');
    const before = JSON.stringify(getRun(workspace.store, 'good'));
    await cp(dir, workspace.runDir('a-copy'), { recursive: true });
    await rm(join(workspace.runDir('a-copy'), 'run.json'));
    await cp(dir, workspace.runDir('renamed'), { recursive: true });
    const planless = await trained('planless');
    await writeFile(join(planless, 'plan.json'), '{"lorch": 1, "name": 5}');
    await workspace.addRun('foreign');
    const plan = join(workspace.runDir('foreign'), 'plan.json');
    await writeFile(plan, (await readFile(plan, 'utf8')).replace('"local"', '"teleport"'));
    const rebuilt = await rebuildIndex(workspace.deps);
    expect(rebuilt).toMatchObject({ runs: 4, attempts: 3 });
    expect(rebuilt.findings.map(({ code }) => code).sort()).toEqual(['R052', 'R107', 'R108']);
    expect(JSON.stringify(getRun(workspace.store, 'good'))).toBe(before);
    expect(['planless', 'foreign', 'a-copy'].map(status)).toEqual(['succeeded', 'queued', 'succeeded']);
    await expect(startAttempt(workspace.deps, 'foreign')).rejects.toMatchObject({ code: 'R130' });
    await expect(startAttempt(workspace.deps, 'planless')).rejects.toMatchObject({ code: 'R132' });
  });
});

describe('lorch rm', () => {
  it('does not remove a run that was resumed after the question', async () => {
    await workspace.addRun('one');
    const [found] = await findRemovable(workspace.deps, ['one']);
    const hangs = workspace.another({ trainerCommand: () => ['sleep', '60'] });
    await startAttempt(hangs, 'one');
    const trainer = await until(() => attemptJson(workspace, 'one', 1, 'trainer'));
    if (!found) throw new Error('not found');
    await expect(removeRuns(workspace.deps, [found])).rejects.toMatchObject({ code: 'U108' });
    expect(await readdir(workspace.runDir('one'))).toContain('plan.json');
    process.kill(Number(trainer.pid), 'SIGKILL');
    await followRun(workspace.deps, 'one');
  });

  it('removes a folder that is on no record, and nothing outside of the runs', async () => {
    await mkdir(join(workspace.runDir('ghost'), 'attempt-1'), { recursive: true });
    await writeFile(join(workspace.runDir('ghost'), 'attempt-1/claim.json'), '{');
    await removeRuns(workspace.deps, await findRemovable(workspace.deps, ['ghost']));
    expect(await readdir(workspace.runsDir)).not.toContain('ghost');
    for (const ref of ['..', '../runs', 'no-such', 'lorch.db'])
      await expect(findRemovable(workspace.deps, [ref])).rejects.toMatchObject({ code: 'U101' });
  });
});

describe('what killed commands leave', () => {
  it('is removed from the folder of an attempt when that has ended', async () => {
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    await workspace.addRun('one');
    const attempt = join(workspace.runDir('one'), 'attempt-1');
    await startAttempt(workspace.deps, 'one');
    const [gone, living] = [`.${dead}.0a1b2c.tmp`, `.${process.pid}.0a1b2c.tmp`];
    for (const name of [gone, living]) await writeFile(join(attempt, name), '{');
    await followRun(workspace.deps, 'one');
    const names = await readdir(attempt);
    expect(names).toContain(living);
    expect(names).not.toContain(gone);
  });

  it('is cleared away, finished where it was whole, and left alone where its maker lives', async () => {
    const dir = await trained('one');
    const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim();
    const { ownerTag } = await import('../../src/app/files/process-owner.ts');
    const deadTag = ownerTag().replace(/^([^-]+)-.*$/, `$1-${dead}-1`);
    const reused = ownerTag().replace(/-[^-]+$/, '-1');
    await mkdir(join(workspace.runsDir, `.half.${deadTag}.tmp`));
    await mkdir(join(workspace.runsDir, `.reused.${reused}.tmp`));
    await mkdir(join(workspace.runsDir, `.living.${ownerTag()}.tmp`));
    await mkdir(join(workspace.runsDir, '.removed-two-abcdef'));
    // Whole, with its name, and killed before the commit.
    const whole = workspace.runDir('whole');
    await mkdir(whole);
    for (const file of ['plan.json', 'run.json'])
      await writeFile(
        join(whole, file),
        (await readFile(join(dir, file), 'utf8')).replaceAll('"one"', '"whole"'),
      );
    await writeFile(join(whole, '.creating'), deadTag);
    await sweepLeftovers(workspace.deps);
    const names = await readdir(workspace.runsDir);
    expect(names.filter((name) => name.startsWith('.'))).toEqual([`.living.${ownerTag()}.tmp`]);
    expect(status('whole')).toBe('queued');
    expect(await readdir(whole)).not.toContain('.creating');
    expect(withoutReport(workspace.deps)).toEqual(['one']);
  });
});
