// The commands on runs, as a user types them, over runs that small real programs have trained.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawnLine } from '../../../src/app/runs/drawn-line.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { runCli } from '../../run-cli.ts';
import { makeWorkspace, python, type TestWorkspace, trainers, until } from '../../supervise/workspace.ts';

let workspace: TestWorkspace;

beforeAll(async () => {
  workspace = await makeWorkspace('ok');
  await writeFile(join(workspace.dir, 'lorch.yaml'), '# a workspace\n');
  await train('good', 'ok', 16);
  await train('bad', 'out_of_memory', 8);
});

afterAll(() => workspace.close());

function depsWith(trainer: string) {
  return {
    ...workspace.deps,
    trainerCommand: (runDir: string, n: number) => [
      python,
      '-B',
      join(trainers, `${trainer}.py`),
      runDir,
      '--attempt',
      String(n),
    ],
  };
}

async function train(name: string, trainer: string, r: number): Promise<void> {
  await workspace.addRun(name, { lora: { r } });
  await startAttempt(depsWith(trainer), name);
  await followRun(workspace.deps, name);
}

const lorch = (...args: string[]) => runCli(args, { cwd: workspace.dir, env: workspace.deps.env });

describe('lorch runs', () => {
  it('is a table, tab-separated when piped', async () => {
    const { stdout, exitCode } = await lorch('runs');
    const [head, ...lines] = stdout.trim().split('\n');
    expect(head?.split('\t')).toEqual([
      'run',
      'name',
      'status',
      'age',
      'steps',
      'loss',
      'best eval',
      'trainable',
      'duration',
    ]);
    expect(lines.map((line) => line.split('\t').slice(0, 3).join(' ')).sort()).toEqual([
      'bad bad failed',
      'good good succeeded',
    ]);
    expect(exitCode).toBe(0);
  });

  it('has the same as JSON, with what it is filtered by', async () => {
    const { json } = await lorch('runs', '--json', '--status', 'succeeded,lost');
    expect(json()).toMatchObject({
      lorch: 1,
      more: false,
      runs: [{ id: 'good', step: 3, max_steps: 3, trainable: 1024, best_eval_loss: 0.25, tags: ['a', 'b'] }],
    });
    expect((await lorch('runs', '--json', '--where', 'lora.r<=8')).json()).toMatchObject({
      runs: [{ id: 'bad', failure: { class: 'out-of-memory', code: 'R110' } }],
    });
    expect((await lorch('runs', '--json', '--limit', '1')).json()).toMatchObject({ more: true });
  });

  it('refuses conditions it cannot mean', async () => {
    expect(await lorch('runs', '--where', 'lora.rr=8')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean lora.r?'),
    });
    expect((await lorch('runs', '--where', 'lora.r')).stderr).toContain('U106');
    expect(await lorch('runs', '--status', 'sleeping')).toMatchObject({ exitCode: 2 });
  });
});

describe('lorch logs', () => {
  it('prints what the trainer printed, or its events', async () => {
    expect((await lorch('logs', 'good')).stdout).toBe('done\n');
    const events = (await lorch('logs', 'good', '--events')).stdout.trim().split('\n');
    expect(events.map((line) => JSON.parse(line).type)).toContain('step');
    expect((await lorch('logs', 'good', '--events', '--tail', '2')).stdout.trim().split('\n')).toEqual(
      events.slice(-2),
    );
  });

  it('follows a run to its end', async () => {
    await workspace.addRun('followed');
    await writeFile(join(workspace.runDir('followed'), 'code'), '0');
    await startAttempt(depsWith('many_events'), 'followed');
    const { stdout, exitCode } = await lorch('logs', 'followed', '-f', '--events');
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(152);
    expect((await lorch('runs', '--json', '--name', 'followed')).json()).toMatchObject({
      runs: [{ status: 'succeeded', step: 150 }],
    });
  });

  it('shows with -f how a run goes on, and how it ended', async () => {
    const good = await lorch('logs', 'good', '-f');
    expect(good.stdout).toMatch(/^good starting: loading the libraries\n/);
    expect(good.stdout).toMatch(/step 1\/3[\s\S]*step 3\/3[\s\S]*\nsucceeded good · step 3\/3/);
    expect(good).toMatchObject({ stderr: '', exitCode: 0 });
    const bad = await lorch('logs', 'bad', '-f');
    expect(bad.stdout).toMatch(/failed bad · [\s\S]*R110[\s\S]*next: lorch show bad/);
    expect(bad.exitCode).toBe(0);
    expect((await lorch('logs', 'good', '-f', '--raw')).stdout).toBe('done\n');
    expect(await lorch('logs', 'good', '--raw', '--events')).toMatchObject({ exitCode: 2 });
  });

  it('leaves the run alone on Ctrl-C, and says how to come back', async () => {
    await workspace.addRun('watched');
    await startAttempt(depsWith('waits'), 'watched');
    const interruptWhen = (written: string) => /step 1\//.test(written);
    const watching = await runCli(['logs', 'watched', '-f'], {
      cwd: workspace.dir,
      env: workspace.deps.env,
      interruptWhen,
    });
    expect(watching.stderr).toMatch(
      /^watched goes on without this terminal\nnext: lorch logs watched -f .* lorch stop watched\n$/,
    );
    expect(watching.exitCode).toBe(130);
    let pressed = false;
    const attached = await runCli(['attach', 'watched'], {
      cwd: workspace.dir,
      env: workspace.deps.env,
      // Once: a second Ctrl-C kills.
      interruptWhen: (written) => {
        if (pressed || !interruptWhen(written)) return false;
        pressed = true;
        return true;
      },
    });
    expect(attached.stderr).toMatch(/stopping: saving a checkpoint first[\s\S]*cancelled watched/);
    expect(attached).toMatchObject({ stdout: 'watched\n', exitCode: 130 });
  });

  it('says which attempts there are', async () => {
    expect(await lorch('logs', 'good', '--attempt', '7')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it has 1'),
    });
    expect((await lorch('logs', 'nobody')).exitCode).toBe(2);
  });

  it('keeps of a line what a progress bar leaves, and lets nothing move the cursor', () => {
    expect(drawnLine('10%\r 50%\r100%|####|\r')).toBe('100%|####|');
    expect(drawnLine('\u001b[31mred\u001b[0m')).toBe('red');
  });
});

describe('lorch stop and resume', () => {
  it('stops with a checkpoint, says what comes next, and refuses a second time', async () => {
    await workspace.addRun('stopped');
    await startAttempt(depsWith('waits'), 'stopped');
    await until(async () => (await workspace.launches('stopped')) > 0);
    await until(async () =>
      (
        await readFile(join(workspace.runDir('stopped'), 'attempt-1', 'events.jsonl'), 'utf8').catch(() => '')
      ).includes('"step"'),
    );
    const stopped = await lorch('stop', 'stopped');
    expect(stopped).toMatchObject({ stdout: 'stopped\n', exitCode: 0 });
    expect(stopped.stderr).toMatch(
      /asked to save a checkpoint[\s\S]*cancelled at step \d+\nnext: lorch resume stopped/,
    );
    expect(await lorch('stop', 'stopped')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('U104'),
    });
  });

  it('does not resume what has succeeded', async () => {
    const { resumeRun } = await import('../../../src/app/runs/resume-run.ts');
    await expect(resumeRun(workspace.deps, 'good')).rejects.toMatchObject({ code: 'U105' });
    const { run, attempt } = await resumeRun(depsWith('waits'), 'stopped');
    expect([run, attempt]).toEqual(['stopped', 2]);
    expect((await followRun(workspace.deps, 'stopped')).status).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('lorch rm', () => {
  it('asks on a terminal only, and removes the folder and the record', async () => {
    await train('gone', 'ok', 8);
    expect(await lorch('rm', 'gone')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--yes'),
    });
    const asked = (answer: string) =>
      runCli(['rm', 'gone'], { cwd: workspace.dir, env: workspace.deps.env, tty: true, stdin: answer });
    expect((await asked('n\n')).stderr).toContain('nothing was removed');
    expect(existsSync(workspace.runDir('gone'))).toBe(true);
    expect((await asked('y\n')).stdout).toBe('gone\n');
    expect(existsSync(workspace.runDir('gone'))).toBe(false);
    expect((await lorch('logs', 'gone')).exitCode).toBe(2);
    expect((await readdir(workspace.runsDir)).filter((name) => name.startsWith('.removed'))).toEqual([]);
  });

  it('never follows a link out of the run folder', async () => {
    await train('linked', 'ok', 8);
    const outside = join(workspace.dir, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'precious'), 'data');
    await symlink(outside, join(workspace.runDir('linked'), 'adapter'));
    await lorch('rm', 'linked', '--yes');
    expect(await readFile(join(outside, 'precious'), 'utf8')).toBe('data');
  });

  it('refuses a run that is under way', async () => {
    await workspace.addRun('busy');
    await startAttempt(depsWith('hangs'), 'busy');
    expect(await lorch('rm', 'good', 'busy', '--yes')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('lorch stop busy'),
    });
    expect(existsSync(workspace.runDir('good'))).toBe(true);
    expect((await lorch('stop', 'busy', '--force')).exitCode).toBe(0);
  });
});

describe('lorch db rebuild', () => {
  it('gives the same answers as before', async () => {
    const before = (await lorch('runs', '--all', '--json')).json();
    const { stdout } = await lorch('db', 'rebuild');
    expect(stdout).toMatch(/^\d+ runs, \d+ attempts, 0 reviews\n$/);
    expect((await lorch('runs', '--all', '--json')).json()).toEqual(before);
  });

  it('puts a damaged database aside', async () => {
    const other = await makeWorkspace('ok');
    await writeFile(join(other.dir, 'lorch.yaml'), '');
    await other.addRun('one');
    other.store.close();
    await writeFile(join(other.runsDir, 'lorch.db'), 'no database at all'.repeat(500));
    const here = { cwd: other.dir, env: other.deps.env };
    expect((await runCli(['runs'], here)).stderr).toContain('lorch db rebuild');
    expect((await runCli(['db', 'rebuild', '--json'], here)).json()).toMatchObject({
      runs: 1,
      damaged: expect.stringContaining('lorch.db.damaged-'),
    });
    expect((await runCli(['runs', '--json'], here)).json()).toMatchObject({ runs: [{ id: 'one' }] });
    await other.close();
  });
});
