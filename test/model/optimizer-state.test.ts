import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { optimizers } from '../../src/config/schema/training/optimizer.ts';
import { optimizerStateBytes } from '../../src/model/optimizer-state.ts';

const measured = JSON.parse(
  readFileSync(new URL('../fixtures/model/optimizer-bytes.json', import.meta.url), 'utf8'),
) as Record<string, [number, number]>;

describe('optimizerStateBytes', () => {
  it.each([
    ['adamw_torch_fused', 2, 4],
    ['adamw_torch_fused', 4, 8],
    ['paged_adamw_32bit', 2, 8],
    ['sgd', 4, 0],
    ['lion_32bit', 2, 4],
    ['ademamix', 2, 12],
  ])('%s keeps, for a parameter of %i bytes, %i bytes', (name, width, bytes) => {
    expect(optimizerStateBytes(name, width)).toBe(bytes);
  });

  it('keeps little more than a byte for a number in 8 bits', () => {
    expect(optimizerStateBytes('paged_adamw_8bit', 4)).toBeCloseTo(2.06, 2);
    expect(optimizerStateBytes('lion_8bit', 4)).toBeCloseTo(1.03, 2);
  });

  it.each(optimizers)('has a figure for %s, which a config may name', (name) => {
    expect(optimizerStateBytes(name, 4)).toBeGreaterThanOrEqual(0);
  });

  it.each(Object.entries(measured))('says of %s what test_optimizers.py measures', (name, [wide, narrow]) => {
    expect([optimizerStateBytes(name, 4), optimizerStateBytes(name, 2)]).toEqual([wide, narrow]);
  });

  it('has a measured figure for each', () => {
    expect(Object.keys(measured).sort()).toEqual([...optimizers].sort());
  });

  it('guesses nothing for another', () => {
    expect(() => optimizerStateBytes('galore_adamw', 4)).toThrow('galore_adamw');
  });
});
