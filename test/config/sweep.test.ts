import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadText, minimal } from './load-files.ts';

async function sweep(text: string, overrides: string[] = []) {
  const { loaded, findings } = await loadText(minimal + text, { overrides });
  expect(findings).toEqual([]);
  return loaded?.configs ?? [];
}

const grid = 'sweep:\n  parameters:\n    lora.r: [8, 16]\n    training.learning_rate: [1e-4, 2e-4, 3e-4]\n';

describe('a grid', () => {
  it('makes every combination in the order it is written', async () => {
    const runs = await sweep(grid);
    expect(runs.map(({ config }) => [config.lora.r, config.training.learning_rate])).toEqual([
      [8, 1e-4],
      [8, 2e-4],
      [8, 3e-4],
      [16, 1e-4],
      [16, 2e-4],
      [16, 3e-4],
    ]);
    expect(runs.map(({ config }) => config.name)).toContain('a-r16-learning_rate0.0002');
    expect(runs[4]?.sweep).toMatchObject({
      index: 4,
      count: 6,
      values: { 'lora.r': 16, 'training.learning_rate': 2e-4 },
    });
  });

  it('has an id that follows from its content and from nothing else', async () => {
    const id = async (text: string) => (await sweep(text))[0]?.sweep?.id;
    const first = await id(grid);
    expect(first).toMatch(/^sweep-[0-9a-f]{12}$/);
    expect(await id(`# a comment\n${grid}`)).toBe(first);
    expect(await id(grid.replace('16', '32'))).not.toBe(first);
    expect(await id(`${grid}lora: { lora_dropout: 0.1 }\n`)).not.toBe(first);
  });

  it('numbers its runs where values make no name', async () => {
    const runs = await sweep(
      'sweep: { parameters: { lora.target_modules: [[q_proj], [q_proj, v_proj], all-linear] } }\n',
    );
    expect(runs.map(({ config }) => config.name)).toEqual(['a-01', 'a-02', 'a-03']);
    expect(runs.map(({ config }) => config.lora.target_modules)).toEqual([
      ['q_proj'],
      ['q_proj', 'v_proj'],
      'all-linear',
    ]);
  });

  it('goes before --set, and may be changed by it', async () => {
    const runs = await sweep(grid, ['lora.r=2', 'sweep.parameters={training.learning_rate: [1e-3, 2e-3]}']);
    expect(runs.map(({ config }) => config.lora.r)).toEqual([8, 8, 16, 16]);
    expect(await sweep(grid, ['sweep=null'])).toHaveLength(1);
  });

  it('may set a whole section, or delete a value', async () => {
    const runs = await sweep('sweep: { parameters: { quantization: [{ load_in_4bit: true }, null] } }\n');
    expect(runs.map(({ config }) => config.quantization?.load_in_4bit)).toEqual([true, undefined]);
  });
});

describe('a random sweep', () => {
  const random = (samples: number, seed = 42, more = '') =>
    `sweep:\n  method: random\n  samples: ${samples}\n  seed: ${seed}\n  parameters:\n    lora.r: [4, 8, 16]\n` +
    `    training.learning_rate: { min: 1e-5, max: 1e-3, distribution: log_uniform }\n${more}`;
  const values = async (text: string) => (await sweep(text)).map(({ sweep: place }) => place?.values);

  it('draws the same from the same seed, and more samples continue the same draws', async () => {
    const ten = await values(random(10));
    expect(await values(random(10))).toEqual(ten);
    expect(await values(random(4))).toEqual(ten.slice(0, 4));
    expect(await values(random(10, 7))).not.toEqual(ten);
  });

  it('leaves the draws of a setting alone when another is added', async () => {
    const rates = (runs: Awaited<ReturnType<typeof values>>) =>
      runs.map((each) => each?.['training.learning_rate']);
    const more = '    lora.lora_dropout: { min: 0, max: 0.2 }\n';
    expect(rates(await values(random(8, 42, more)))).toEqual(rates(await values(random(8))));
  });

  it('stays in its range and keeps whole numbers whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 60 }),
        async (seed, max) => {
          const text =
            `sweep:\n  method: random\n  samples: 2\n  seed: ${seed}\n  parameters:\n` +
            `    lora.r: { min: 1, max: ${max + 1}, distribution: int_uniform }\n` +
            `    training.learning_rate: { min: 1e-5, max: 1e-3, distribution: log_uniform }\n`;
          for (const { config } of await sweep(text)) {
            expect(Number.isInteger(config.lora.r)).toBe(true);
            expect(config.lora.r).toBeGreaterThanOrEqual(1);
            expect(config.lora.r).toBeLessThanOrEqual(max + 1);
            expect(config.training.learning_rate).toBeGreaterThanOrEqual(1e-5);
            expect(config.training.learning_rate).toBeLessThanOrEqual(1e-3);
          }
        },
      ),
      { numRuns: 20, seed: 1 },
    );
  });

  it('draws each order of magnitude about equally often', async () => {
    const rates = (await values(random(200))).map((each) => Number(each?.['training.learning_rate']));
    const low = rates.filter((rate) => rate < 1e-4).length;
    expect(low).toBeGreaterThan(70);
    expect(low).toBeLessThan(130);
  });
});

describe('a sweep that cannot be', () => {
  const cases: [string, string, string[]][] = [
    [
      'too many runs',
      `parameters: { lora.r: [${Array.from({ length: 201 }, (_, i) => i + 1)}] }`,
      ['6:3 C024'],
    ],
    ['no parameters', 'parameters: {}', ['6:15 C023']],
    ['parameters missing', 'method: grid', ['5:1 C013']],
    ['an unknown method', 'method: bayes\n  parameters: { lora.r: [1] }', ['6:11 C012']],
    ['an unknown key', 'sample: 3\n  parameters: { lora.r: [1] }', ['6:3 C010']],
    ['a single value', 'parameters: { lora.r: 8 }', ['6:25 C011']],
    ['an empty list', 'parameters: { lora.r: [] }', ['6:25 C012']],
    ['a value twice', 'parameters: { lora.r: [8, 8] }', ['6:17 C023']],
    ['a range in a grid', 'parameters: { lora.r: { min: 1, max: 2 } }', ['6:17 C023']],
    [
      'a range without an end',
      'method: random\n  samples: 2\n  parameters: { lora.r: { min: 1 } }',
      ['8:17 C013'],
    ],
    ['random without samples', 'method: random\n  parameters: { lora.r: [1, 2] }', ['6:3 C023']],
    ['samples in a grid', 'samples: 2\n  parameters: { lora.r: [1, 2] }', ['6:3 C018']],
    [
      'more samples than combinations',
      'method: random\n  samples: 5\n  parameters: { lora.r: [1, 2] }',
      ['7:3 C023'],
    ],
    [
      'min above max',
      'method: random\n  samples: 2\n  parameters: { lora.r: { min: 9, max: 2 } }',
      ['8:17 C023'],
    ],
    [
      'a logarithm of zero',
      'method: random\n  samples: 2\n  parameters: { lora.r: { min: 0, max: 2, distribution: log_uniform } }',
      ['8:27 C023'],
    ],
    ['the name varied', 'parameters: { name: [b, c] }', ['6:17 C023']],
    ['an unknown setting', 'parameters: { lora.rr: [1, 2] }', ['6:17 C010']],
    ['a misspelt section', 'parameters: { lroa.r: [1, 2] }', ['6:17 C010']],
    ['one bad value of several', 'parameters: { lora.r: [1, x, 4] }', ['6:29 C011']],
    ['a path into a value', 'parameters: { name.x: [1, 2] }', ['6:17 C023']],
  ];
  for (const [what, text, faults] of cases)
    it(`is refused for ${what}`, async () =>
      expect((await loadText(`${minimal}sweep:\n  ${text}\n`)).faults).toEqual(faults));

  it('does not hide the faults of the rest', async () => {
    expect((await loadText(`${minimal}lora: { r: x }\nsweep: { parameters: {} }\n`)).faults).toEqual([
      '5:12 C011',
      '6:22 C023',
    ]);
  });

  it('names a rule that one combination breaks once, at the value', async () => {
    const text = `${minimal}training: { fp16: true }\nsweep: { parameters: { model.dtype: [float16, bfloat16], lora.r: [4, 8] } }\n`;
    expect((await loadText(text)).faults).toEqual(['5:13 C017']);
  });
});
