import { describe, expect, it } from 'vitest';
import { forecastTime, type TimeRequest } from '../../../src/app/forecast/forecast-time.ts';
import type { PastRun } from '../../../src/app/forecast/past-runs.ts';
import type { RenderedConfig } from '../../../src/config/render/index.ts';
import { readModelConfig } from '../../../src/model/read-config.ts';
import configs from '../../fixtures/model/configs.json' with { type: 'json' };

const model = readModelConfig(configs['Llama-3.1-8B']);

function ask(changes: Partial<TimeRequest> = {}) {
  const rendered = {
    training: {},
    resources: { gpus: changes.gpu === null ? 0 : 1 },
  } as unknown as RenderedConfig;
  return forecastTime({
    model,
    baseId: 'llama-8b',
    rendered,
    train: { sequences: 1000, tokens: 500_000 },
    steps: { per_epoch: 100, total: 300 },
    gpu: 'h100-80gb',
    past: [],
    tokensAtOnce: 2000,
    pricePerHour: null,
    ...changes,
  });
}

const run = (changes: Partial<PastRun> = {}): PastRun => ({
  ladder: null,
  base: 'llama-8b',
  tokensPerSecond: 1000,
  flopsPerToken: ask().flops_per_token,
  peakBytes: null,
  forecastBytes: null,
  startupSeconds: null,
  ...changes,
});

describe('forecastTime', () => {
  it('goes by FLOPs and the peak of the card where nothing was measured, and says so', () => {
    const { tokens, tokens_per_second, seconds, flops_per_token, source, basis } = ask();
    expect(tokens).toBe(1_500_000);
    expect(source).toBe('formula');
    expect(basis).toContain('33 %');
    // Shares are published for the FLOPs that the result needs: no second forward, four a weight.
    expect(tokens_per_second).toBeCloseTo((0.33 * 989e12) / ((flops_per_token ?? 0) / 1.5), -3);
    expect(seconds).toBeCloseTo(tokens / (tokens_per_second ?? 0));
    // Six FLOPs a weight, as checkpointing runs forward twice, and attention on top.
    expect(flops_per_token).toBeGreaterThan(6 * 7.5e9);
    expect(flops_per_token).toBeLessThan(6.5 * 7.5e9);
  });

  // docs/forecasts.md: tokens a second and GPU as published for LoRA and QLoRA in bf16.
  it.each([
    ['LLaMA-Factory, 7B', 'Llama-2-7B', 'a100-80gb', 2392],
    ['LLaMA-Factory, 7B, FlashAttention 2', 'Llama-2-7B', 'a100-80gb', 2954],
    ['LLaMA-Factory, 7B in 4 bits', 'Llama-2-7B', 'a100-80gb', 2415],
    ['7B QLoRA, long rows', 'Llama-2-7B', 'a100-40gb', 3542],
    ['torchtune, 3B', 'Llama-3.2-3B', 'a100-80gb', 8210],
    ['torchtune, 3B in 4 bits', 'Llama-3.2-3B', 'a100-80gb', 8035],
    ['torchtune, 8B in 4 bits', 'Llama-3.1-8B', 'rtx4090-24gb', 2413],
    ['PEFT, 3B', 'Llama-3.2-3B', 'l40s-48gb', 7245],
  ] as const)('has the published speed in its band: %s', (_, name, gpu, published) => {
    const time = ask({ model: readModelConfig(configs[name]), gpu });
    const ends = [time.low_seconds, time.high_seconds].map((seconds) => time.tokens / (seconds ?? 0));
    expect(published).toBeLessThan(ends[0] ?? 0);
    expect(published).toBeGreaterThan(ends[1] ?? 0);
  });

  it('is wide where it goes by the formula: 17 to 47 % of the peak', () => {
    const { seconds, low_seconds, high_seconds } = ask();
    expect((low_seconds ?? 0) / (seconds ?? 1)).toBeCloseTo(33 / 47);
    expect((high_seconds ?? 0) / (seconds ?? 1)).toBeCloseTo(33 / 17);
  });

  it('goes by runs of this workspace before the formula', () => {
    const time = ask({ past: [run()] });
    expect(time).toMatchObject({ source: 'workspace', runs: 1 });
    expect(time.tokens_per_second).toBeCloseTo(1000);
    expect(time.basis).not.toContain('another model');
  });

  it('scales the speed of another model by FLOPs per token, and says how many were scaled', () => {
    const half = run({ base: 'llama-4b', flopsPerToken: (ask().flops_per_token ?? 0) / 2 });
    const time = ask({ past: [half] });
    expect(time.tokens_per_second).toBeCloseTo(500);
    expect(time.basis).toContain('1 of another model scaled by FLOPs per token');
  });

  it('learns nothing from another model of unknown FLOPs, and from the same one all the same', () => {
    const unknown = { flopsPerToken: null, tokensPerSecond: 800 };
    expect(ask({ past: [run({ ...unknown, base: 'another' })] }).source).toBe('formula');
    expect(ask({ past: [run(unknown)] }).tokens_per_second).toBeCloseTo(800);
  });

  it('takes the median of runs, so that one odd run moves it little', () => {
    const past = [1000, 1010, 990, 1005, 10].map((tokensPerSecond) => run({ tokensPerSecond }));
    expect(ask({ past }).tokens_per_second).toBeCloseTo(1000);
  });

  it('says that nothing is known on a CPU or a card outside the table, rather than guess', () => {
    for (const gpu of [null, 'Some GPU'])
      expect(ask({ gpu })).toMatchObject({ seconds: null, source: 'unknown', tokens_per_second: null });
  });

  it('prices the hours', () => {
    const time = ask({ past: [run()], pricePerHour: 3 });
    expect(time.cost).toBeCloseTo((1500 / 3600) * 3);
  });
});
