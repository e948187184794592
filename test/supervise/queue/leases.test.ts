import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listHostGpus } from '../../../src/app/machine/list-gpus.ts';
import type { Plan } from '../../../src/run/plan.ts';
import { leasesOf, listLeases } from '../../../src/store/leases.ts';
import { askToStop } from '../../../src/supervise/ask-to-stop.ts';
import { followRun } from '../../../src/supervise/follow-run.ts';
import { rebuildIndex } from '../../../src/supervise/rebuild-index.ts';
import { startAttempt } from '../../../src/supervise/start-attempt.ts';
import { samplePlan } from '../../store/sample-run.ts';
import { attemptJson, makeWorkspace, type TestWorkspace } from '../workspace.ts';
import { type PretendGpus, pretendGpus } from './pretend-gpus.ts';

let workspace: TestWorkspace;
let gpus: PretendGpus;
const started: string[] = [];

beforeEach(async () => {
  gpus = await pretendGpus(['GPU-aaaa', 'GPU-bbbb']);
  workspace = await makeWorkspace('waits', { timing: { pollMs: 10, aliveEveryMs: 50, goneAfterMs: 150 } });
});

afterEach(async () => {
  for (const run of started.splice(0)) await end(run);
  await workspace.close();
  await gpus.remove();
});

async function end(run: string): Promise<void> {
  await askToStop(workspace.deps, run, { force: true }).catch(() => undefined);
  await followRun(workspace.deps, run);
}

const gib = 2 ** 30;
const onGpu = (share: { bytes: number } | null = null): Partial<Plan> => ({
  resources: { host: 'local', gpus: 1, ...(share && { share_gpu: true }) },
  forecast: {
    ...samplePlan('x').forecast,
    memory: share && { total_bytes: share.bytes, components: {} },
  },
});

async function start(name: string, plan = onGpu()): Promise<string[]> {
  await workspace.addRun(name, plan);
  const n = await startAttempt(workspace.deps, name);
  started.push(name);
  return leasesOf(workspace.store, name, n).map(({ device }) => device);
}

describe('GPUs of runs', () => {
  it('are given by UUID, one run each, and are free again when the run ends', async () => {
    expect(await start('one')).toEqual(['GPU-aaaa']);
    expect(await start('two')).toEqual(['GPU-bbbb']);
    expect((await attemptJson(workspace, 'two', 1, 'launch'))?.env).toMatchObject({
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: 'GPU-bbbb',
    });
    await expect(start('three')).rejects.toMatchObject({
      code: 'R140',
      message: expect.stringMatching(/GPU 0: run one; GPU 1: run two/),
      hint: expect.stringContaining('--queue'),
    });
    expect(await workspace.launches('three')).toBe(0);
    await end('one');
    await workspace.addRun('four', onGpu());
    await startAttempt(workspace.deps, 'four');
    started.push('four');
    expect(leasesOf(workspace.store, 'four', 1)).toMatchObject([{ device: 'GPU-aaaa' }]);
  });

  it('are not taken from programs of other people, nor if CUDA_VISIBLE_DEVICES leaves them out', async () => {
    await gpus.show(['GPU-aaaa', 'GPU-bbbb'], [`GPU-aaaa, ${process.pid}, /usr/bin/their, job, 2048`]);
    expect(await start('one')).toEqual(['GPU-bbbb']);
    await expect(start('two')).rejects.toMatchObject({
      message: expect.stringContaining(`GPU 0: /usr/bin/their, job (process ${process.pid}) uses it`),
    });
    await gpus.show(['GPU-aaaa', 'GPU-bbbb', 'GPU-cccc']);
    const narrow = workspace.another({ env: { ...workspace.deps.env, CUDA_VISIBLE_DEVICES: '1' } });
    await workspace.addRun('three', onGpu());
    await expect(startAttempt(narrow, 'three')).rejects.toMatchObject({ code: 'R140' });
  });

  it('are not free if memory is in use that no program explains, as in a container', async () => {
    await gpus.show(['GPU-aaaa'], [], 30_000);
    await expect(start('one')).rejects.toMatchObject({
      message: expect.stringContaining('29.3 GiB of its memory is in use'),
    });
  });

  it('are shared by runs that allow it, if their forecasts fit together', async () => {
    expect(await start('one', onGpu({ bytes: 30 * gib }))).toEqual(['GPU-aaaa']);
    expect(await start('two', onGpu({ bytes: 40 * gib }))).toEqual(['GPU-aaaa']);
    expect(await start('three', onGpu({ bytes: 30 * gib }))).toEqual(['GPU-bbbb']);
    // A run that shares nothing finds no GPU for itself.
    await expect(start('four')).rejects.toMatchObject({ code: 'R140' });
    expect(await start('five', onGpu({ bytes: 5 * gib }))).toEqual(['GPU-aaaa']);
  });

  it('keep their runs on record when the index is made again, and are listed with them', async () => {
    await start('one');
    const before = listLeases(workspace.store);
    expect(before).toMatchObject([{ run: 'one', device: 'GPU-aaaa', shared: false }]);
    await rebuildIndex(workspace.deps);
    expect(listLeases(workspace.store)).toEqual(before);
    expect(await listHostGpus(workspace.deps)).toMatchObject({
      answered: true,
      gpus: [
        { index: 0, state: 'leased', leases: [{ run: 'one', attempt: 1 }] },
        { index: 1, state: 'free', leases: [] },
      ],
    });
  });

  it('are not asked for by a run on the CPU, which takes a place there', async () => {
    process.env.LORCH_TEST_GPUS = '/nowhere';
    expect(await start('one', {})).toEqual(['cpu-0']);
    expect(await start('two', {})).toEqual(['cpu-1']);
    expect((await listHostGpus(workspace.deps)).answered).toBe(false);
    expect((await listHostGpus(workspace.deps)).cpu_runs).toEqual(['one', 'two']);
  });
});
