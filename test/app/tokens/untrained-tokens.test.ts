// Rows of a stored embedding that hold nothing, in every form that is read; and ids that have no row.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkVocabulary } from '../../../src/app/plan/check-vocabulary.ts';
import { untrainedTokens } from '../../../src/app/tokens/untrained-tokens.ts';
import type { ResolvedModel } from '../../../src/hub/resolve-model.ts';
import { readModelConfig } from '../../../src/model/read-config.ts';
import { safetensors } from '../../fixtures/hub/safetensors.ts';

type Dtype = NonNullable<Parameters<typeof safetensors>[1]>;

const root = mkdtempSync(join(tmpdir(), 'lorch-untrained-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const config = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: 4,
  hidden_size: 2,
  intermediate_size: 4,
  num_hidden_layers: 1,
  num_attention_heads: 1,
};
const reading = readModelConfig(config);

/** Four rows of two numbers as little-endian bytes: learned, zero and minus zero, all but zero, negative. */
const stored: Record<string, number[][]> = {
  // 1, 1 | 0, -0 | 1e-23, 0 | -1, 0
  BF16: [
    [0x3f80, 0x3f80],
    [0, 0x8000],
    [0x1941, 0],
    [0xbf80, 0],
  ],
  // The smallest number of half precision is no nothing.
  F16: [
    [0x3c00, 0x3c00],
    [0, 0x8000],
    [1, 0],
    [0xbc00, 0],
  ],
  F32: [
    [0x3f800000, 0x3f800000],
    [0, 0x80000000],
    [0x19416d9a, 0],
    [0xbf800000, 0],
  ],
};

function baseOf(dtype: Dtype, names = ['model.embed_tokens.weight']): ResolvedModel {
  const path = mkdtempSync(join(root, 'model-'));
  const file = safetensors(Object.fromEntries(names.map((name) => [name, [4, 2]])), dtype);
  const numbers = (stored[dtype] ?? []).flat();
  const width = dtype === 'F32' ? 4 : 2;
  for (const [i, bits] of numbers.entries())
    file.writeUIntLE(bits, file.length - (numbers.length - i) * width, width);
  writeFileSync(join(path, 'model.safetensors'), file);
  return { id: 'base', path, revision: null, reading } as ResolvedModel;
}

const used = [0, 1, 2, 3].map((id) => ({ id, token: `<${id}>`, rows: 1 }));
const ask = (base: ResolvedModel, lora = {}, trained: string[] | null = [], tokens = used) =>
  untrainedTokens({
    base,
    lora,
    trained,
    prepared: { added_tokens: tokens },
    env: { HF_HUB_CACHE: root },
  })?.map(({ id }) => id) ?? null;

describe('control tokens that the base has never learned', () => {
  it.each<[Dtype, number[]]>([
    ['BF16', [1, 2]],
    ['F16', [1]],
    ['F32', [1, 2]],
  ])('are rows of nothing in %s', (dtype, ids) => expect(ask(baseOf(dtype))).toEqual(ids));

  it('are only those that the rows hold', () =>
    expect(ask(baseOf('F32'), {}, [], used.slice(2))).toEqual([2]));

  it('are none where the run trains them', () => {
    const base = baseOf('F32');
    expect(ask(base, {}, ['model.embed_tokens'])).toEqual([]);
    const tokens = { trainable_token_indices: [1] };
    expect(ask(base, tokens, ['model.embed_tokens'])).toEqual([2]);
    expect(ask(base, { trainable_token_indices: { embed_tokens: [1, 2] } }, ['model.embed_tokens'])).toEqual(
      [],
    );
  });

  it('are not known without weights, of one that is not counted, and of two matrices', () => {
    expect(ask({ ...baseOf('F32'), path: null, revision: 'f'.repeat(40) } as ResolvedModel)).toBeNull();
    expect(ask(baseOf('F32'), {}, null)).toBeNull();
    expect(ask(baseOf('U16'))).toBeNull();
    expect(ask(baseOf('F32', ['a.embed_tokens.weight', 'b.embed_tokens.weight']))).toBeNull();
  });

  it('are not looked for beyond the matrix, and a file that ends early is named', () => {
    expect(ask(baseOf('F32'), {}, [], [{ id: 9, token: '<9>', rows: 1 }])).toEqual([]);
    const base = baseOf('F32');
    const whole = safetensors({ 'embed_tokens.weight': [4, 2] }, 'F32');
    writeFileSync(join(base.path ?? '', 'model.safetensors'), whole.subarray(0, -1));
    expect(() => ask(base)).toThrow('it ends within a tensor');
  });
});

describe('ids against the embedding', () => {
  it('are refused from the first that has no row', () => {
    const check = (largest_id: number, added_tokens: typeof used = []) =>
      checkVocabulary(reading, { largest_id, added_tokens }, null);
    expect(check(3)).toEqual([]);
    expect(check(-1)).toEqual([]);
    const [refused] = check(4);
    expect(refused).toMatchObject({ code: 'R029', severity: 'error' });
    expect(refused?.message).toBe('the rows contain token id 4; the model has 4 embedding rows');
    const [named] = check(4, [{ id: 4, token: '<note>', rows: 1 }]);
    expect(named?.hint).toContain('tokenizer.add_tokens: ["<note>"]');
  });
});
