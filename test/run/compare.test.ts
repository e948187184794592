import { describe, expect, it } from 'vitest';
import { buildComparison, type ComparedRun } from '../../src/run/compare.ts';
import { earlyStopSentence } from '../../src/run/early-stop.ts';
import { flattenSettings } from '../../src/run/flatten.ts';
import type { Plan, PlannedSource } from '../../src/run/plan.ts';

function plan(change: { r?: number; validation?: string; template?: string } = {}): Plan {
  const split = {
    file: 'data/train.safetensors',
    sha256: 's',
    rows: 10,
    tokens: 100,
    trained_tokens: 40,
    fingerprint: 't',
  };
  return {
    lorch: 1,
    plan_hash: 'h',
    created_ms: 0,
    lorch_version: '0',
    name: 'n',
    base_model: {
      id: 'm',
      path: null,
      revision: null,
      architecture: 'A',
      model_type: 'a',
      config_sha256: 'c',
    },
    model: { dtype: 'float32', attn_implementation: 'sdpa', trust_remote_code: false },
    dataset: {
      files: [{ path: 'd.jsonl', bytes: 1, sha256: 'd' }],
      format: 'chatml',
      fingerprint: 'f',
      rows_in: 12,
      dropped: {},
      template: { kind: 'model', sha256: change.template ?? 'x' },
      tokenizer_sha256: 'k',
      prepared_key: 'p',
      train: split,
      validation: { ...split, fingerprint: change.validation ?? 'v', rows: 2 },
      lengths: { p50: 1, p90: 1, p99: 1, max: 1 },
      truncated_rows: 0,
      lost_eot_rows: 0,
      held_out: [],
    },
    lora: { r: change.r ?? 8, target_modules: ['q_proj', 'v_proj'] },
    quantization: null,
    training: { learning_rate: 2e-4, max_length: 64 },
    resources: { host: 'local', gpus: 1 },
    forecast: { parameters: null, steps: { per_epoch: 1, total: 1 }, memory: null, disk: null },
    review: { state: 'unreviewed', reason: null },
    sweep: null,
    findings: [],
  };
}

function run(id: string, change: Partial<ComparedRun> = {}): ComparedRun {
  return {
    id,
    name: id,
    status: 'succeeded',
    plan: plan(),
    metrics: [],
    trainable: null,
    total: null,
    duration_ms: null,
    trained_tokens_per_second: null,
    allocated_peak_bytes: null,
    reserved_peak_bytes: null,
    rss_peak_bytes: null,
    early_stop: null,
    resumed: false,
    attempts: 1,
    ...change,
  };
}

/** Of runs that train on the same rows. */
function compared(runs: readonly ComparedRun[]) {
  return buildComparison(
    runs,
    runs.map(() => ({ added: 0, removed: 0 })),
  );
}

describe('comparing runs', () => {
  it('lists only the settings that differ', () => {
    const result = compared([run('a'), run('b', { plan: plan({ r: 16 }) })]);
    expect(result.config).toEqual([{ path: 'lora.r', values: [8, 16] }]);
  });

  it('sets what is trained and what is cut beside each other, and calls no losses comparable then', () => {
    const changed = (more: Partial<Plan['dataset']>) => {
      const base = plan({});
      return run('b', { plan: { ...base, dataset: { ...base.dataset, ...more } } });
    };
    // A plan of an earlier version trained answers and cut the end.
    const same = compared([run('a'), changed({ train_on: 'answers', truncate: 'right' })]);
    expect([same.config, same.validation_comparable]).toEqual([[], true]);
    const other = compared([run('a'), changed({ train_on: ['assistant', 'tool'], truncate: 'left' })]);
    expect(other.config).toEqual([
      { path: 'dataset.train_on', values: ['answers', ['assistant', 'tool']] },
      { path: 'dataset.truncate', values: ['right', 'left'] },
    ]);
    expect(other.not_comparable_because).toEqual(['train_on differs', 'truncate differs']);
  });

  it('reads a plan of an earlier version as sft, and sets no losses of two methods side by side', () => {
    const of = (method: string) => run('b', { plan: { ...plan({}), method } });
    expect(plan({}).method).toBeUndefined();
    const same = compared([run('a'), of('sft')]);
    expect([same.config, same.validation_comparable]).toEqual([[], true]);
    const other = compared([run('a'), of('dpo')]);
    expect(other.config).toEqual([{ path: 'method', values: ['sft', 'dpo'] }]);
    expect(other.not_comparable_because).toEqual(['the method differs']);
  });

  it('refuses to rank validation losses over different validation rows, and says why', () => {
    const metrics = (min: number) => [
      { name: 'eval_loss', last: min, last_step: 4, min, min_step: 4, max: 3, max_step: 1, points: 1 },
    ];
    const same = compared([run('a', { metrics: metrics(2) }), run('b', { metrics: metrics(1) })]);
    expect(same.validation_comparable).toBe(true);
    expect(same.results.find((row) => row.name === 'validation loss, best')?.best).toBe(1);
    const other = compared([
      run('a', { metrics: metrics(2) }),
      run('b', { metrics: metrics(1), plan: plan({ validation: 'w', template: 'y' }) }),
    ]);
    expect(other.not_comparable_because).toEqual(['validation rows differ', 'the chat template differs']);
    expect(other.results.find((row) => row.name === 'validation loss, best')?.best).toBeNull();
  });

  it('compares losses by token for any evaluation batch, and no others', () => {
    const batched = (size: number, byToken: boolean) => {
      const made = plan();
      const training = { ...made.training, per_device_eval_batch_size: size, eval_packing: size > 1 };
      return run(`b${size}${byToken}`, {
        plan: { ...made, training, ...(byToken && { evaluation_loss: 'by_token' as const }) },
      });
    };
    const reasons = (...runs: ComparedRun[]) => compared(runs).not_comparable_because;
    expect(reasons(batched(1, true), batched(8, true))).toEqual([]);
    expect(reasons(batched(1, false), batched(1, false))).toEqual([]);
    expect(reasons(batched(1, false), batched(8, false))).toEqual([
      'the evaluation batch size differs',
      'eval_packing differs',
    ]);
    expect(reasons(batched(1, false), batched(1, true))).toEqual([
      'a run of an earlier version averaged the loss over batches, not tokens',
    ]);
  });

  it('says at which step a run was stopped early', () => {
    const early = { step: 16, metric: 'eval_loss', patience: 2, best: 0.61, best_step: 8 };
    const row = (...runs: ComparedRun[]) =>
      compared(runs).results.find(({ name }) => name === 'stopped early at step')?.values;
    expect(row(run('a'), run('b', { early_stop: early }))).toEqual([null, 16]);
    expect(row(run('a'), run('b'))).toBeUndefined();
    expect(earlyStopSentence(early)).toBe(
      'stopped early at step 16: eval_loss was best at step 8 (0.61), and no better in 2 evaluations',
    );
  });

  it('shows another mixture of the same rows, and ranks no training loss over it', () => {
    const metrics = (last: number) => [
      { name: 'loss', last, last_step: 4, min: last, min_step: 4, max: 3, max_step: 1, points: 4 },
    ];
    const mixed = (weight: number) => {
      const { dataset, ...rest } = plan();
      const fed = { rows: 10 * weight, tokens: 100 * weight, trained_tokens: 40 * weight };
      const source: PlannedSource = {
        setting: 'dataset.train.0',
        role: 'train',
        path: 'd.jsonl',
        files: ['d.jsonl'],
        first_row: 0,
        format: 'chatml',
        template: 'auto',
        weight,
        rows_in: 12,
        train: 10,
        validation: 2,
        dropped: {},
        fed,
      };
      const distinct = weight === 1 ? {} : { distinct_rows: 10 };
      return {
        ...rest,
        dataset: { ...dataset, sources: [source], train: { ...dataset.train, ...fed, ...distinct } },
      };
    };
    const result = compared([
      run('a', { plan: mixed(1), metrics: metrics(2) }),
      run('b', { plan: mixed(3), metrics: metrics(1) }),
    ]);
    expect(result.config).toEqual([{ path: 'dataset.weights.d.jsonl', values: [undefined, 3] }]);
    expect(result.dataset).toMatchObject({ train_rows: [10, 10], fed_rows: [10, 30] });
    expect(result.results.find(({ name }) => name === 'train loss, last')?.best).toBeNull();
    // A plan of an earlier version names no sources: each row was fed once.
    const older = compared([
      run('a', { metrics: metrics(2) }),
      run('b', { plan: mixed(1), metrics: metrics(1) }),
    ]);
    expect([older.config, older.results.find(({ name }) => name === 'train loss, last')?.best]).toEqual([
      [],
      1,
    ]);
  });

  it('keeps lists whole and empty maps visible when it flattens', () => {
    expect(flattenSettings({ a: { b: [1, 2], c: {} }, d: null })).toEqual({
      'a.b': [1, 2],
      'a.c': {},
      d: null,
    });
  });

  it('gives no star to a run that failed, nor for the time of one that was resumed', () => {
    const loss = (min: number) => [
      {
        name: 'eval_loss',
        points: 1,
        nonfinite: 0,
        min,
        max: min,
        min_step: 1,
        last: min,
        last_step: 1,
      } as never,
    ];
    const best = (runs: ComparedRun[], name: string) =>
      compared(runs).results.find((each) => each.name === name)?.best;
    const fast = { metrics: loss(0.1), duration_ms: 1, trained_tokens_per_second: 9, rss_peak_bytes: 1 };
    const slow = { metrics: loss(0.3), duration_ms: 5, trained_tokens_per_second: 2, rss_peak_bytes: 5 };
    const mid = { metrics: loss(0.2), duration_ms: 3, trained_tokens_per_second: 4, rss_peak_bytes: 3 };
    const names = ['validation loss, best', 'training time', 'trained tokens/s', 'process memory peak'];
    const failed = [run('a', { ...fast, status: 'failed' }), run('b', slow), run('c', mid)];
    expect(names.map((name) => best(failed, name))).toEqual([2, 2, 2, 2]);
    const resumed = [run('a', { ...fast, resumed: true, attempts: 2 }), run('b', slow), run('c', mid)];
    expect(names.map((name) => best(resumed, name))).toEqual([0, 2, 2, 0]);
    const alone = [run('a', { ...fast, status: 'lost' }), run('b', slow)];
    expect(names.map((name) => best(alone, name))).toEqual([null, null, null, null]);
  });
});
