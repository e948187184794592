// Files that would keep a command busy for minutes: refused at once, while what real models have is read as before.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModelFolder } from '../../src/hub/model-folder.ts';
import { boundPattern, mayBacktrack } from '../../src/model/bounded-pattern.ts';
import { pythonRegex } from '../../src/model/python-regex.ts';
import { readModelConfig } from '../../src/model/read-config.ts';

const llama = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 128,
  num_attention_heads: 4,
  num_hidden_layers: 2,
  vocab_size: 100,
};
const deep = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown;

describe('a config.json', () => {
  const bombs: Record<string, Record<string, unknown>> = {
    layers: { ...llama, num_hidden_layers: 1e7 },
    'layers of GPT-2': { model_type: 'gpt2', n_layer: 1e6 },
    'layers of a family that is not known': { model_type: 'brand-new', num_layers: 1e9 },
    'layers of a part': { ...llama, vision_config: { num_hidden_layers: 5e6 } },
    experts: { ...llama, model_type: 'mixtral', num_local_experts: 1e9 },
    vocabulary: { ...llama, vocab_size: 1e15 },
    'negative layers': { ...llama, num_hidden_layers: -1e7 },
    nesting: { ...llama, rope_scaling: deep },
    'a list of layers': { ...llama, no_rope_layers: Array(70_000).fill(1) },
  };
  for (const [name, config] of Object.entries(bombs))
    it(`with too much of ${name} is refused`, () => {
      expect(() => readModelConfig(config)).toThrow(expect.objectContaining({ code: 'M024' }));
    });

  it('of the largest kind that there is, is read', () => {
    const large = {
      ...llama,
      num_hidden_layers: 1000,
      vocab_size: 1_000_000,
      max_position_embeddings: 10_485_760,
    };
    expect(readModelConfig({ ...large, rope_theta: 1e12, layer_types: Array(1000).fill('full') }).known).toBe(
      true,
    );
  });
});

describe('a pattern', () => {
  const slow = ['(a+)+$', '(.*)*x', '(\\w+\\.?)+!', '(a|a)*b', '(?:[a-z_.0-9]+)+#', '.*.*.*.*.*.*.*.*.*.*!'];
  const name = `model.layers.0.${'a'.repeat(60)}`;
  for (const source of slow)
    it(`${source} ends, with an answer or an error`, () => {
      expect(mayBacktrack(source)).toBe(true);
      try {
        expect(pythonRegex(source, 'fullmatch', 'lora.target_modules').test(name)).toBe(false);
      } catch (error) {
        expect(error).toMatchObject({
          code: 'M025',
          message: expect.stringContaining('lora.target_modules'),
        });
      }
    });

  it('(a+)+$ is named as too slow', () => {
    const bounded = boundPattern(/^(?:(a+)+!)$/, 'lora.exclude_modules');
    expect(() => bounded.test('a'.repeat(60))).toThrow(expect.objectContaining({ code: 'M025' }));
  });

  it('answers as it does unbounded', () => {
    for (const source of ['(a+)+', '(x|y)*z', '(?:(\\d+)\\.)+end', '[ab]{2,}+?'.slice(0, 7)])
      for (const text of ['aaa', 'xyz', '1.22.end', 'ab', '', 'nothing']) {
        const pattern = new RegExp(`^(?:${source})$`);
        expect(boundPattern(pattern, 's').test(text)).toBe(pattern.test(text));
        expect(boundPattern(pattern, 's').exec(text)?.[1]).toBe(pattern.exec(text)?.[1]);
      }
  });

  it('as people write it needs no bound', () => {
    for (const usual of [
      '.*\\.(q_proj|v_proj)$',
      'model\\.layers\\.(\\d+)\\.self_attn\\..*',
      '.*(attn|mlp).*proj',
    ])
      expect(mayBacktrack(usual), usual).toBe(false);
  });
});

describe('a model folder', () => {
  it('with a config.json of gigabytes is refused before it is read', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lorch-bomb-'));
    try {
      writeFileSync(join(dir, 'config.json'), '{}');
      // Sparse: it takes no disk.
      truncateSync(join(dir, 'config.json'), 4 * 2 ** 30);
      await expect(openModelFolder(dir).read('config.json')).rejects.toMatchObject({ code: 'M026' });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
