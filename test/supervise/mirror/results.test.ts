import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchRun } from '../../../src/app/runs/fetch-run.ts';
import { findRemovable, removeRuns } from '../../../src/app/runs/remove-run.ts';
import { resumeRun } from '../../../src/app/runs/resume-run.ts';
import { localHost } from '../../../src/hosts/local.ts';
import { listAttempts } from '../../../src/store/attempts.ts';
import { getRun } from '../../../src/store/runs.ts';
import { awayState } from '../../../src/supervise/away-runs.ts';
import { fetchResults } from '../../../src/supervise/fetch-results.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { makeWorkspace, type TestWorkspace, until } from '../workspace.ts';
import { breakSome, type FarHost, makeFarHost } from './far-host.ts';

let workspace: TestWorkspace;
let far: FarHost;
let near: FarHost;
let sent: string[];
let notices: string[];

afterEach(() => workspace.close());

/** A queued run that trains with test/fixtures/trainers/saves.py on `far`; `near` is a third host. */
async function farRun(plan = {}): Promise<string> {
  far = makeFarHost('far');
  near = makeFarHost('near');
  sent = [];
  notices = [];
  const counted = (each: FarHost): void => {
    const { upload } = each.host;
    each.host.upload = async (from, ...rest) => {
      sent.push(from);
      await upload(from, ...rest);
    };
  };
  counted(far);
  counted(near);
  workspace = await makeWorkspace('saves', {
    findHost: (name) => ({ far: far.host, near: near.host })[name],
    notice: (text) => void notices.push(text),
    timing: { pollMs: 10, mirrorEveryMs: 20, aliveEveryMs: 50, goneAfterMs: 300 },
  });
  return await addRun('one', plan);
}

async function addRun(name: string, plan = {}): Promise<string> {
  const run = await workspace.addRun(name, { resources: { host: 'far', gpus: 0 }, ...plan });
  mkdirSync(join(workspace.runDir(run), 'data'));
  writeFileSync(join(workspace.runDir(run), 'data', 'train.safetensors'), 'rows');
  return run;
}

const there = (run: string, name = 'far') => join(`${workspace.runsDir}-${name}`, 'runs', run);
const here = (run: string, ...names: string[]) => join(workspace.runDir(run), ...names);
const objects = (name = 'far') => readdirSync(join(`${workspace.runsDir}-${name}`, 'objects'));

async function train(run: string, host?: string): Promise<string> {
  await startAttempt(workspace.deps, run, { host });
  const { status } = await followRun(workspace.deps, run);
  return status.phase === 'finished' ? status.outcome : status.phase;
}

/** The next attempt of saves.py trains to the end. */
const letEnd = (name = 'far') => writeFileSync(join(`${workspace.runsDir}-${name}`, 'end'), '');

describe('what a run needs elsewhere', () => {
  it('is sent once, named by its content, and shared by runs', async () => {
    const run = await farRun();
    await train(run);
    const first = sent.length;
    expect(first).toBeGreaterThan(50);
    for (const name of objects()) {
      const bytes = readFileSync(join(`${workspace.runsDir}-far`, 'objects', name));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(name);
    }
    expect(statSync(join(there(run), 'data', 'train.safetensors')).nlink).toBe(2);
    const [launch] = [JSON.parse(readFileSync(here(run, 'attempt-1', 'launch.json'), 'utf8'))];
    expect(launch.shim.startsWith(join(`${workspace.runsDir}-far`, 'trainer'))).toBe(true);
    const second = await addRun('two');
    await train(second);
    expect(sent.slice(first)).toEqual([here(second, 'plan.json')]);
  });

  it('goes on where it was cut off, and starts nothing before it is whole', async () => {
    const run = await farRun();
    let seed = 3;
    far.breaks = breakSome(30, () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    });
    let tries = 0;
    await until(async () => {
      tries += 1;
      await startAttempt(workspace.deps, run).catch((error: { code?: string }) => {
        if (error.code !== 'R165') throw error;
      });
      return listAttempts(workspace.store, run).length > 0;
    });
    far.breaks = () => false;
    expect(tries).toBeGreaterThan(2);
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ phase: 'finished' });
    // Each file got there once; one whose answer was lost is known to be there, too.
    const files = sent.filter((file) => !file.endsWith('plan.json'));
    expect(files.length - new Set(files).size).toBeLessThan(tries);
  });

  it('is the base model, too, if it is a folder here: the trainer is told where it lies', async () => {
    const run = await farRun();
    const model = join(workspace.dir, 'model');
    mkdirSync(join(model, 'original'), { recursive: true });
    for (const name of ['config.json', 'model.safetensors', 'pytorch_model.bin', 'original/consolidated.pth'])
      writeFileSync(join(model, name), name);
    const plan = JSON.parse(readFileSync(here(run, 'plan.json'), 'utf8'));
    plan.base_model.path = model;
    writeFileSync(here(run, 'plan.json'), JSON.stringify(plan));
    const deps = { ...workspace.deps };
    delete deps.trainerCommand;
    await startAttempt(deps, run);
    const { command } = JSON.parse(readFileSync(here(run, 'attempt-1', 'launch.json'), 'utf8'));
    const folder = command[command.indexOf('--base-model') + 1];
    expect(folder.startsWith(join(`${workspace.runsDir}-far`, 'models'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(readFileSync(join(there(run), 'plan.json'), 'utf8')).toBe(
      readFileSync(here(run, 'plan.json'), 'utf8'),
    );
    await followRun(workspace.deps, run);
  });
});

describe('the results of a run elsewhere', () => {
  it('are fetched, compared and then removed there; fetching again does nothing', async () => {
    const run = await farRun();
    mkdirSync(`${workspace.runsDir}-far`);
    letEnd();
    expect(await train(run)).toBe('succeeded');
    expect(awayState(workspace.deps, run)).toMatchObject({ host: 'far', ended: true, fetched: false });
    const adapter = readFileSync(join(there(run), 'adapter', 'adapter_model.safetensors'));
    const { fetched } = await fetchRun(workspace.deps, run);
    expect(fetched).toMatchObject({ host: 'far', adapter: true, checkpoint: 'checkpoint-3', removed: true });
    expect(readFileSync(here(run, 'adapter', 'adapter_model.safetensors'))).toEqual(adapter);
    expect(readdirSync(here(run, 'checkpoints', 'checkpoint-3')).sort()).toEqual(['lorch.json', 'state.bin']);
    expect(existsSync(there(run))).toBe(false);
    expect(awayState(workspace.deps, run)).toMatchObject({ fetched: true });
    const { calls } = far;
    expect(await fetchRun(workspace.deps, run)).toMatchObject({ already: true });
    expect(far.calls).toBe(calls);
    expect(existsSync(here(run, '.fetching-1'))).toBe(false);
  });

  it('stay there if the host keeps them', async () => {
    const run = await farRun();
    far.host = { ...far.host, keepRemote: true };
    mkdirSync(`${workspace.runsDir}-far`);
    letEnd();
    await train(run);
    expect((await fetchRun(workspace.deps, run)).fetched).toMatchObject({ removed: false });
    expect(existsSync(join(there(run), 'adapter'))).toBe(true);
  });

  it('come whole over a connection that breaks at one call in five', async () => {
    const run = await farRun();
    mkdirSync(`${workspace.runsDir}-far`);
    letEnd();
    await train(run);
    let seed = 11;
    far.breaks = breakSome(5, () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    });
    const adapter = readFileSync(join(there(run), 'adapter', 'adapter_model.safetensors'));
    const fetched = await until(() =>
      fetchResults(workspace.deps, run).catch((error: { code?: string }) => {
        if (error.code !== 'R165' && error.code !== 'R167') throw error;
        expect(existsSync(there(run))).toBe(true);
        return null;
      }),
    );
    expect(fetched).toMatchObject({ adapter: true, checkpoint: 'checkpoint-3' });
    expect(readFileSync(here(run, 'adapter', 'adapter_model.safetensors'))).toEqual(adapter);
  });

  it('are refused if the adapter is not the one that the trainer saved, and nothing is removed', async () => {
    const run = await farRun();
    mkdirSync(`${workspace.runsDir}-far`);
    letEnd();
    await train(run);
    writeFileSync(join(there(run), 'adapter', 'adapter_model.safetensors'), 'other');
    await expect(fetchRun(workspace.deps, run)).rejects.toMatchObject({ code: 'R167' });
    expect(existsSync(there(run))).toBe(true);
    expect(existsSync(here(run, 'adapter'))).toBe(false);
  });

  it('are those of the newest checkpoint that is as it was sealed', async () => {
    const run = await farRun();
    expect(await train(run)).toBe('failed');
    writeFileSync(join(there(run), 'checkpoints', 'checkpoint-2', 'state.bin'), 'x');
    expect((await fetchRun(workspace.deps, run)).fetched).toMatchObject({
      adapter: false,
      checkpoint: 'checkpoint-1',
      removed: false,
    });
  });

  it('are none while it trains, and none if it trained here', async () => {
    const run = await farRun();
    await expect(fetchRun(workspace.deps, run)).rejects.toMatchObject({ code: 'R168' });
  });
});

describe('a run that goes on', () => {
  const resumedFrom = (run: string, n: number) =>
    JSON.parse(readFileSync(here(run, `attempt-${n}`, 'events.jsonl'), 'utf8').split('\n')[0] ?? '')
      .resumed_from_step;

  it('on the same host uses the checkpoint that is there', async () => {
    const run = await farRun();
    expect(await train(run)).toBe('failed');
    letEnd();
    const before = sent.length;
    expect(await resumeRun(workspace.deps, run)).toMatchObject({ attempt: 2, goesOn: true });
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'succeeded' });
    expect(resumedFrom(run, 2)).toBe(2);
    expect(sent.slice(before)).toEqual([here(run, 'plan.json')]);
  });

  it('on another host, and here, goes on from the checkpoint that was fetched first', async () => {
    const run = await farRun();
    expect(await train(run)).toBe('failed');
    await resumeRun(workspace.deps, run, { host: 'near' });
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'failed' });
    expect(resumedFrom(run, 2)).toBe(2);
    expect(listAttempts(workspace.store, run).map(({ host }) => host)).toEqual(['far', 'near']);
    writeFileSync(join(workspace.dir, 'end'), '');
    await resumeRun(workspace.deps, run, { host: 'local' });
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'succeeded' });
    expect(resumedFrom(run, 3)).toBe(2);
  });

  it('does not go on elsewhere from an older checkpoint, unless that is asked for', async () => {
    const run = await farRun();
    expect(await train(run)).toBe('failed');
    far.breaks = () => 'before';
    await expect(resumeRun(workspace.deps, run, { host: 'local' })).rejects.toMatchObject({ code: 'R165' });
    expect(listAttempts(workspace.store, run)).toHaveLength(1);
    writeFileSync(join(workspace.dir, 'end'), '');
    expect(await resumeRun(workspace.deps, run, { host: 'local', leaveRemote: true })).toMatchObject({
      goesOn: false,
    });
    expect((await followRun(workspace.deps, run)).status).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('a run that is removed', () => {
  it('is removed on its hosts, too', async () => {
    const run = await farRun();
    await train(run);
    await removeRuns(workspace.deps, await findRemovable(workspace.deps, [run]));
    expect(existsSync(there(run))).toBe(false);
    expect(existsSync(here(run))).toBe(false);
    expect(getRun(workspace.store, run)).toBeNull();
    expect(await localHost.stat(join(`${workspace.runsDir}-far`, 'objects'))).not.toBeNull();
  });

  it('stays where it cannot be reached, and that is said', async () => {
    const run = await farRun();
    await train(run);
    far.breaks = () => 'before';
    await removeRuns(workspace.deps, await findRemovable(workspace.deps, [run]));
    expect(existsSync(here(run))).toBe(false);
    expect(notices.join()).toContain(`${there(run)} stays there`);
    rmSync(there(run), { recursive: true });
  });
});
