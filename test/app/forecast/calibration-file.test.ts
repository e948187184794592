import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  appendRung,
  calibrationFile,
  type MeasuredRung,
  readRungs,
} from '../../../src/app/forecast/calibration-file.ts';
import { calibrateMemory, pastRuns, usualStartup } from '../../../src/app/forecast/past-runs.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';

let dir: string;
let store: Store;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lorch-calibration-'));
  store = openStore(join(dir, 'lorch.db'));
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true });
});

const rung = (changes: Partial<MeasuredRung> = {}): MeasuredRung => ({
  v: 1,
  ladder: 'a',
  t: 1,
  device: 'cpu',
  base: 'models/tiny',
  model_type: 'llama',
  batch: 1,
  sequence_tokens: 64,
  steps: 3,
  step_ms: 10,
  tokens_per_second: 6400,
  flops_per_token: 1e6,
  forecast_bytes: 1000,
  reserved_peak_bytes: null,
  allocated_peak_bytes: null,
  rss_peak_bytes: 1100,
  ...changes,
});
const cpu = { device: 'cpu', modelType: 'llama' };

describe('runs/calibration.jsonl', () => {
  it('gives back what was added, passes over a torn line, and is for its owner alone', async () => {
    await appendRung(dir, rung());
    appendFileSync(calibrationFile(dir), '{"v":1,"ladder":"torn\n');
    await appendRung(dir, rung({ batch: 4 }));
    expect(await readRungs(dir)).toEqual([rung(), rung({ batch: 4 })]);
    expect(statSync(calibrationFile(dir)).mode & 0o077).toBe(0);
  });

  it('is empty where nothing was measured', async () => {
    expect(await readRungs(dir)).toEqual([]);
    expect(calibrateMemory(await pastRuns(store, dir, cpu), 64)).toBeNull();
  });

  it('speaks for its device and model type alone', async () => {
    await appendRung(dir, rung({ device: 'NVIDIA H100 80GB HBM3', reserved_peak_bytes: 3000 }));
    await appendRung(dir, rung({ model_type: 'gpt2' }));
    expect(await pastRuns(store, dir, cpu)).toEqual([]);
    const [gpu] = await pastRuns(store, dir, { ...cpu, device: 'NVIDIA H100 80GB HBM3' });
    expect(gpu).toMatchObject({ peakBytes: 3000, forecastBytes: 1000, startupSeconds: null });
  });

  it('corrects memory by the size nearest to the plan, as one measurement', async () => {
    await appendRung(dir, rung());
    await appendRung(dir, rung({ batch: 8, rss_peak_bytes: 1500 }));
    const past = await pastRuns(store, dir, cpu);
    expect(calibrateMemory(past, 64)).toMatchObject({ runs: 1, ladders: 1, factor: expect.closeTo(1.1) });
    expect(calibrateMemory(past, 5000)?.factor).toBeCloseTo(1.5);
  });

  it('counts a model whose memory cannot be forecast for speed alone', async () => {
    await appendRung(dir, rung({ forecast_bytes: null, flops_per_token: null }));
    const past = await pastRuns(store, dir, cpu);
    expect(calibrateMemory(past, 64)).toBeNull();
    expect(past[0]?.tokensPerSecond).toBe(6400);
    expect(usualStartup(past, 'models/tiny')).toBeNull();
  });
});
