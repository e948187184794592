import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../../src/run/failure-rules.ts';
import { nextRetry, type Retry } from '../../src/run/retry-ladder.ts';

type Training = Record<string, unknown>;

/** The changes of each retry until the ladder ends. */
function climb(training: Training, attempts = 20, failure: FailureClass = 'out-of-memory') {
  const plan = { training, retry: { attempts, on: ['out-of-memory' as const, 'preempted' as const] } };
  const rungs: Retry['changes'][] = [];
  let retry: Retry | undefined;
  for (let n = 1; ; n += 1) {
    const next = nextRetry(plan, { class: failure }, { n, retry });
    if (!next || rungs.length > 30) return rungs;
    expect(next).toMatchObject({ number: n, of: n, class: failure });
    rungs.push(next.changes);
    retry = next;
  }
}

describe('the retry ladder', () => {
  it('halves micro-batches at the same effective batch, then checkpoints activations, then stops', () => {
    const training = {
      per_device_train_batch_size: 4,
      gradient_accumulation_steps: 3,
      per_device_eval_batch_size: 8,
    };
    expect(climb(training)).toEqual([
      { per_device_train_batch_size: 2, gradient_accumulation_steps: 6, per_device_eval_batch_size: 4 },
      { per_device_train_batch_size: 1, gradient_accumulation_steps: 12, per_device_eval_batch_size: 2 },
      {
        per_device_train_batch_size: 1,
        gradient_accumulation_steps: 12,
        per_device_eval_batch_size: 2,
        gradient_checkpointing: true,
      },
    ]);
  });

  it.each([1, 2, 3, 5, 6, 7, 9, 12, 15, 16])('keeps the effective batch of %i rows at each rung', (batch) => {
    for (const rung of climb({ per_device_train_batch_size: batch, gradient_accumulation_steps: 5 })) {
      const { per_device_train_batch_size: size = batch, gradient_accumulation_steps: steps = 5 } = rung;
      expect(size * steps).toBe(batch * 5);
    }
  });

  it('has no rung for a run that does all of this already', () => {
    expect(climb({ per_device_train_batch_size: 1, gradient_checkpointing: true })).toEqual([]);
  });

  it('goes on as it is after a preemption, as often as the plan says', () => {
    expect(climb({ per_device_train_batch_size: 4 }, 3, 'preempted')).toEqual([{}, {}, {}]);
  });

  it('counts memory of every kind, and nothing else', () => {
    const training = { per_device_train_batch_size: 2 };
    expect(climb(training, 1, 'host-out-of-memory')).toHaveLength(1);
    expect(climb(training, 1, 'cgroup-out-of-memory')).toHaveLength(1);
    for (const other of ['hang', 'killed', 'bad-data', 'limit-reached', 'lost', 'crash'] as const)
      expect(climb(training, 3, other)).toEqual([]);
    expect(nextRetry({ training }, { class: 'out-of-memory' }, { n: 1, retry: undefined })).toBeNull();
  });

  it('keeps what an earlier rung changed', () => {
    const plan = {
      training: { per_device_train_batch_size: 4, gradient_accumulation_steps: 1 },
      retry: { attempts: 5, on: ['out-of-memory' as const, 'preempted' as const] },
    };
    const first = nextRetry(plan, { class: 'out-of-memory' }, { n: 1, retry: undefined });
    const second = nextRetry(plan, { class: 'preempted' }, { n: 2, retry: first ?? undefined });
    expect(second?.changes).toEqual({ per_device_train_batch_size: 2, gradient_accumulation_steps: 2 });
  });
});
