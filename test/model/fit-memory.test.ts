import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLora } from '../../src/model/count-lora.ts';
import { fitMemory } from '../../src/model/fit-memory.ts';
import { findGpu } from '../../src/model/gpus.ts';
import { estimateMemory, type MemorySettings } from '../../src/model/memory.ts';
import { readModelConfig } from '../../src/model/read-config.ts';
import configs from '../fixtures/model/configs.json' with { type: 'json' };

function load(name: keyof typeof configs, changes: Partial<MemorySettings> = {}) {
  const reading = readModelConfig(configs[name]);
  if (!reading.known) throw new Error(`${name} is unknown`);
  const lora = { r: 16, target_modules: 'all-linear' };
  const settings: MemorySettings = {
    dtype: 'bfloat16',
    quantization: null,
    lora,
    training: { per_device_train_batch_size: 4, gradient_accumulation_steps: 4 },
    sequenceTokens: 2048,
    device: 'cuda',
    ...changes,
  };
  return { facts: reading.facts, count: countLora(reading.facts, lora), settings };
}

describe('fitMemory', () => {
  it('says that an 8B LoRA fits an 80 GB card, and suggests nothing', () => {
    const { facts, count, settings } = load('Llama-3.1-8B');
    const fit = fitMemory(facts, count, settings, findGpu('h100-80gb').memoryBytes);
    expect(fit).toMatchObject({ verdict: 'fits', changes: [] });
    expect(fit.largest_batch).toBeGreaterThanOrEqual(4);
  });

  it('finds what makes an 8B LoRA fit a 16 GB card: 4 bits, not the optimizer', () => {
    const { facts, count, settings } = load('Llama-3.1-8B');
    const fit = fitMemory(facts, count, settings, findGpu('t4-16gb').memoryBytes);
    expect(fit.verdict).not.toBe('fits');
    expect(fit.largest_batch).toBe(0);
    const fitting = fit.changes.filter(({ verdict }) => verdict === 'fits');
    expect(fitting.length).toBeGreaterThan(0);
    for (const { settings: fields } of fitting)
      expect(fields).toHaveProperty('quantization.load_in_4bit', true);
  });

  it('knows no change that puts 40B on 24 GB, and says what is fixed', () => {
    const { facts, count, settings } = load('falcon-40b');
    const bytes = findGpu('rtx4090-24gb').memoryBytes;
    const fit = fitMemory(facts, count, settings, bytes);
    expect(fit.verdict).toBe('does_not_fit');
    expect(fit.fixed_bytes).toBeGreaterThan(bytes);
    expect(fit.changes.every(({ verdict }) => verdict !== 'fits')).toBe(true);
  });

  it('gives the largest batch that fits: one row more does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 64, max: 8192 }), (gib, tokens) => {
        const { facts, count, settings } = load('Llama-3.2-3B', { sequenceTokens: tokens });
        const bytes = gib * 2 ** 30;
        const { largest_batch: rows } = fitMemory(facts, count, settings, bytes);
        const high = (n: number) =>
          estimateMemory(facts, count, {
            ...settings,
            training: { ...settings.training, per_device_train_batch_size: n },
          }).high_bytes;
        if (rows > 0) expect(high(rows)).toBeLessThanOrEqual(bytes);
        if (rows < 4096) expect(high(rows + 1)).toBeGreaterThan(bytes);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('suggests only what lowers the forecast, and forecasts it by the same formula', () => {
    const { facts, count, settings } = load('Llama-3.1-8B', {
      training: { per_device_train_batch_size: 8, gradient_checkpointing: false },
    });
    const total = estimateMemory(facts, count, settings).total_bytes;
    const { changes } = fitMemory(facts, count, settings, 24 * 2 ** 30);
    expect(changes.map(({ change }) => change)).toContain('gradient checkpointing');
    for (const { total_bytes } of changes) expect(total_bytes).toBeLessThan(total);
  });
});
