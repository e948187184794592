// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how variables are written in a config
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeYaml } from '../../src/config/write-yaml.ts';
import { loadText, minimal } from './load-files.ts';

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  // What YAML readers trip over.
  fc.constantFrom(
    'no',
    'yes',
    'null',
    '~',
    '1e-4',
    '0x10',
    '1_000',
    '010',
    '- a',
    'a: b',
    '# c',
    '${HOME}',
    '$${X}',
    '${',
  ),
  fc.constantFrom(
    '*a',
    '&a',
    '!t',
    '%x',
    '@x',
    '`x',
    "'",
    '"',
    '{',
    '[',
    '|',
    '>',
    ' a ',
    'a\nb',
    '\u{1F600}',
    '2024-01-01',
  ),
);

const config = fc.record(
  {
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
    base_model: text,
    dataset: fc.record(
      {
        train: fc.uniqueArray(fc.stringMatching(/^[a-z ]{1,10}\.jsonl$/), { minLength: 1, maxLength: 3 }),
        validation: fc.record({ fraction: fc.double({ min: 0.01, max: 0.99, noNaN: true }), seed: fc.nat() }),
      },
      { requiredKeys: ['train'] },
    ),
    revision: text,
    lora: fc.record(
      {
        r: fc.integer({ min: 1, max: 512 }),
        lora_alpha: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        rank_pattern: fc.dictionary(text, fc.integer({ min: 1, max: 64 }), { maxKeys: 3 }),
        modules_to_save: fc.array(text, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: [] },
    ),
    training: fc.record(
      {
        learning_rate: fc.double({ min: 1e-9, max: 1, noNaN: true }),
        packing: fc.boolean(),
        max_length: fc.oneof(fc.integer({ min: 1, max: 1e5 }), fc.constant('none')),
        seed: fc.nat(),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['name', 'base_model', 'dataset'] },
);

describe('the merged YAML of a run', () => {
  it('loads again to the same config for any values', async () => {
    let sound = 0;
    await fc.assert(
      fc.asyncProperty(config, async (values) => {
        const first = (await loadText(writeYaml(values))).loaded?.configs[0];
        if (!first) return; // a rule between fields, or a text that looks like a secret
        sound++;
        const second = (await loadText(first.mergedYaml, { env: { HOME: 'elsewhere', X: 'y' } })).loaded
          ?.configs[0];
        expect(second?.config).toEqual(first.config);
        expect(second?.mergedYaml.split('\n').slice(1)).toEqual(first.mergedYaml.split('\n').slice(1));
      }),
      { numRuns: 200, seed: 7 },
    );
    expect(sound).toBeGreaterThan(120);
  });

  it('contains the result of base, variables, overrides and sweep, but none of them', async () => {
    const { loaded } = await loadText(
      {
        'run.yaml': 'extends: base.yaml\nrevision: ${REV}\nsweep: { parameters: { lora.r: [2, 4] } }\n',
        'base.yaml': `${minimal}lora: { lora_dropout: 0.1 }\n`,
      },
      { env: { REV: 'main' }, overrides: ['training.seed=7'] },
    );
    const second = loaded?.configs[1];
    expect(second?.config.name).toBe('a-r4');
    const again = (await loadText(second?.mergedYaml ?? '')).loaded?.configs ?? [];
    expect(again).toHaveLength(1);
    expect(again[0]?.config).toEqual(second?.config);
    expect(again[0]?.config).toMatchObject({
      revision: 'main',
      lora: { r: 4, lora_dropout: 0.1 },
      training: { seed: 7 },
    });
    expect(again[0]?.sweep).toBeNull();
  });

  it('is read in the same way by readers of YAML 1.1', () => {
    expect(writeYaml({ revision: 'no', name: '1e-4' })).toBe('revision: "no"\nname: "1e-4"\n');
  });
});
