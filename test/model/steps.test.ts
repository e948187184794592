// Against transformers and TRL: test/fixtures/model/record_steps.py recorded their own counts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countPackedSequences, countSteps, type StepSettings } from '../../src/model/steps.ts';

interface Recorded {
  steps: { rows: number; settings: StepSettings; per_epoch: number; batches: number; total: number }[];
  packing: { lengths: number[]; max_length: number; sequences: number }[];
}

const path = new URL('../fixtures/model/steps.json', import.meta.url);
const recorded = JSON.parse(readFileSync(path, 'utf8')) as Recorded;

describe('countSteps', () => {
  it("agrees with transformers' Trainer for every combination recorded", () => {
    expect(recorded.steps.length).toBeGreaterThan(100);
    for (const { rows, settings, per_epoch, batches, total } of recorded.steps) {
      const counted = countSteps(rows, settings);
      expect({ rows, settings, ...counted }).toEqual({ rows, settings, batches, perEpoch: per_epoch, total });
    }
  });

  it('shares the rows among devices', () => {
    const settings = {
      per_device_train_batch_size: 4,
      gradient_accumulation_steps: 1,
      num_train_epochs: 2,
      max_steps: -1,
    };
    expect(countSteps(33, settings, 2)).toEqual({ batches: 5, perEpoch: 5, total: 10 });
  });
});

describe('countPackedSequences', () => {
  it("agrees with TRL's packing, over several windows too", () => {
    for (const { lengths, max_length, sequences } of recorded.packing) {
      expect(countPackedSequences(lengths, max_length)).toBe(sequences);
    }
  });

  it('leaves empty rows out and packs nothing from nothing', () => {
    expect(countPackedSequences([], 8)).toBe(0);
    expect(countPackedSequences([0, 8, 4, 4, 0], 8)).toBe(2);
  });
});
