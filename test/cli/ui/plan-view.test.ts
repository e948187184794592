import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderPlans } from '../../../src/cli/ui/plan-view.ts';
import { sparkline } from '../../../src/cli/ui/sparkline.ts';
import type { Plan, PlannedSource } from '../../../src/run/plan.ts';
import { samplePlan } from '../../store/sample-run.ts';

const GiB = 2 ** 30;
const plain = { color: false, columns: 80, isTTY: true };

/** A plan with all that the screen can show; `gpuGib` is the card it is held against. */
function fullPlan(gpuGib: number, changes: Partial<Plan> = {}): Plan {
  const base = samplePlan('full');
  const fits = gpuGib > 24;
  return {
    ...base,
    dataset: { ...base.dataset, length_histogram: [10, 20, 30].map((upto, i) => ({ upto, rows: 2 ** i })) },
    forecast: {
      ...base.forecast,
      parameters: { trainable: 1_000_000, total: 8_000_000_000, modules: [] },
      memory: {
        total_bytes: 20 * GiB,
        low_bytes: 16 * GiB,
        high_bytes: 24 * GiB,
        components: { weights: 15 * GiB, activations: 3 * GiB, adapters: GiB, context: GiB },
        gpu: { name: 'a-card', bytes: gpuGib * GiB },
        verdict: fits ? 'fits' : 'does_not_fit',
        largest_batch: fits ? 6 : 0,
        changes: fits
          ? []
          : ['one row', 'less', 'one row; less'].map((change, i) => ({
              change,
              cost: 'speed',
              settings: {},
              total_bytes: (18 - 5 * i) * GiB,
              verdict: i === 2 ? 'fits' : 'tight',
            })),
      },
      disk: {
        checkpoint_bytes: GiB,
        checkpoints: 3,
        adapter_bytes: GiB,
        total_bytes: 4 * GiB,
        merged_bytes: 15 * GiB,
        free_bytes: 100 * GiB,
      },
    },
    ...changes,
  };
}

describe('a plan on the screen', () => {
  it.each([40, 60, 80, 120])('is no wider than %i columns, with colour or without', (columns) => {
    for (const color of [true, false])
      for (const gpu of [16, 80])
        for (const line of renderPlans([fullPlan(gpu)], { color, columns, isTTY: true }).split('\n'))
          expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it.each([
    [{ method: 'mxfp4', bits: 4 }, 'bfloat16, unpacked from mxfp4'],
    [{ method: 'bitsandbytes', bits: 4 }, 'stored by bitsandbytes in 4 bits, bfloat16'],
  ])('says how the base is stored: %o', (stored, said) => {
    const plan = fullPlan(80);
    const shown = {
      ...plan,
      quantization: null,
      model: { ...plan.model, dtype: 'bfloat16' },
      base_model: { ...plan.base_model, stored },
    };
    expect(renderPlans([shown], { ...plain, columns: 160 })).toContain(said);
  });

  it('says how often the run is evaluated, and that early stopping makes steps and time the most there can be', () => {
    const plan = fullPlan(80);
    const evaluated = (training: Record<string, unknown>) =>
      renderPlans(
        [
          {
            ...plan,
            training: { ...plan.training, metric_for_best_model: 'eval_loss', ...training },
            forecast: { ...plan.forecast, evaluations: 12 },
          },
        ],
        { ...plain, columns: 200 },
      );
    expect(evaluated({})).toMatch(/evaluated 12 times on \d+ rows?\n/);
    expect(evaluated({})).not.toContain('at most');
    const early = evaluated({
      early_stopping_patience: 3,
      early_stopping_threshold: 0.01,
      load_best_model_at_end: true,
    });
    expect(early).toMatch(/at most \d+ steps/);
    expect(early).toMatch(
      /evaluated at most 12 times on \d+ rows?; stops early after 3 evaluations in a row without a better eval_loss by more than 0\.01; the adapter is the best by eval_loss/,
    );
  });

  it('shows the shape of the lengths, from the shortest to the longest', () => {
    const text = renderPlans([fullPlan(80)], plain);
    expect(text).toContain('▂▂▂▄▄▄███');
    expect(text).toMatch(/0 +30 tokens a row/);
  });

  it('draws memory to scale: a letter a part, the band, and where the card ends', () => {
    const bar = (gpu: number) =>
      renderPlans([fullPlan(gpu)], plain)
        .split('\n')
        .find((line) => line.includes('WWW'))
        ?.trim() ?? '';
    const wide = bar(48);
    expect([...wide].filter((each) => each === 'W')).toHaveLength(20);
    expect([...wide].filter((each) => 'WACD'.includes(each))).toHaveLength(27);
    expect([...wide].filter((each) => each === '░')).toHaveLength(5);
    expect(wide.endsWith('·│')).toBe(true);
    // 16 of 24 GiB: the card ends two thirds along.
    expect(bar(16).indexOf('│')).toBe(43);
  });

  it('says what would make it fit, and calls several changes together by that', () => {
    const text = renderPlans([fullPlan(16)], plain);
    expect(text).toContain('→ one row: 18.0 GiB, tight (cost: speed)');
    expect(text).toContain('→ all of these: 8.00 GiB, fits');
    expect(text).toContain('not even one row fits');
  });

  it('shows sources as a table if it fits, otherwise as sentences, and nothing for a single plain source', () => {
    const source = (path: string, weight: number): PlannedSource => ({
      setting: 'dataset.train.0',
      role: 'train',
      path,
      files: [path],
      first_row: 0,
      format: 'chatml',
      template: 'auto',
      weight,
      rows_in: 1200,
      train: 500,
      validation: 90,
      dropped: { D014: 10, D208: 600 },
      fed: { rows: 500 * Math.ceil(weight), tokens: 70_000, trained_tokens: 20_000 },
    });
    const shown = (columns: number, ...sources: PlannedSource[]) => {
      const plan = fullPlan(80);
      return renderPlans([{ ...plan, dataset: { ...plan.dataset, sources } }], { ...plain, columns });
    };
    const wide = shown(140, source('a.jsonl', 0.5), source('longer.jsonl', 2));
    expect(wide).toContain(
      'source        format  weight   rows  dropped  not drawn  validation  train    fed  tokens  trained',
    );
    expect(wide).toContain(
      'longer.jsonl  chatml       2  1,200       10        600          90    500  1,000  70,000   20,000',
    );
    const narrow = shown(80, source('a.jsonl', 0.5), source('longer.jsonl', 2)).replaceAll(/\s+/g, ' ');
    expect(narrow).toContain(
      'a.jsonl (chatml, weight 0.5): 1,200 rows = 500 train + 90 validation + 10 dropped + 600 not drawn;',
    );
    expect(shown(140, source('a.jsonl', 1))).not.toContain('not drawn');
    expect(shown(140, source('a.jsonl', 1), { ...source('b.jsonl', 1), template: 'alpaca' })).toContain(
      'template',
    );
  });

  it('carries no colour where none is wanted, and no control character of a config', () => {
    const plan = fullPlan(80, { name: 'a\u001b[31mb' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(renderPlans([plan], plain)).not.toMatch(/\u001b/);
  });
});

describe('a sweep on the screen', () => {
  const point = (index: number, memory: number): Plan => {
    const plan = fullPlan(80);
    if (plan.forecast.memory) plan.forecast.memory.total_bytes = memory * GiB;
    plan.forecast.time = {
      seconds: 60 * (index + 1),
      low_seconds: 50,
      high_seconds: 70,
      tokens: 120,
      tokens_per_epoch: 120,
      tokens_per_second: 2,
      flops_per_token: null,
      source: 'workspace',
      basis: 'one run',
      runs: 1,
      cost: index + 0.5,
    };
    return {
      ...plan,
      name: `sweep-${index}`,
      sweep: { id: 's', index, count: 2, values: { 'lora.r': 8 * (index + 1) } },
      findings: [
        { code: 'A002', name: 'rate', severity: 'warning', message: `rate ${index}` },
        { code: 'V020', name: 'review', severity: 'warning', message: 'nobody' },
        ...(index === 1
          ? [{ code: 'A003', name: 'x', severity: 'note' as const, message: 'only here' }]
          : []),
      ],
    };
  };

  it('has a row a run with memory, verdict, time and cost', () => {
    const text = renderPlans([point(0, 20), point(1, 21)], plain);
    expect(text).toMatch(/run +lora\.r +trainable +steps +memory +fits +time +cost/);
    expect(text).toMatch(/1 +8 +1,000,000 +3 +20\.0 GiB +fits +1 m 00 s +0\.50/);
    expect(text).toMatch(/2 +16 +1,000,000 +3 +21\.0 GiB +fits +2 m 00 s +1\.50/);
  });

  it('says once what all runs give reason to say, and how many do', () => {
    const text = renderPlans([point(0, 20), point(1, 21)], plain);
    expect(text.match(/A002/g)).toHaveLength(1);
    expect(text).toContain('rate 0 (2 of 2 runs, these are the figures of the first)');
    expect(text).toContain('nobody\n');
    expect(text).toContain('only here (1 of 2 runs)');
  });
});

describe('a sparkline', () => {
  it('is as high as its counts, shows the smallest, and leaves empty bins blank', () => {
    expect(sparkline([0, 1, 1000, 500], 80)).toBe('   ▁▁▁███▄▄▄');
    expect(sparkline([1, 2], 3)).toBe('▄█');
    expect(sparkline([], 80)).toBe('');
  });
});
