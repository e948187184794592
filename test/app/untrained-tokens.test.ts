// Rows of a stored embedding that hold nothing, in every form that is read; and ids that have no row.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkVocabulary } from '../../src/app/check-vocabulary.ts';
import { untrainedTokens } from '../../src/app/untrained-tokens.ts';
import type { ResolvedModel } from '../../src/hub/resolve-model.ts';
import { readModelConfig } from '../../src/model/read-config.ts';

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

function baseOf(
  dtype: string,
  tensors = { 'model.embed_tokens.weight': stored[dtype] ?? [] },
): ResolvedModel {
  const width = dtype === 'F32' ? 4 : 2;
  const path = mkdtempSync(join(root, 'model-'));
  let offset = 0;
  const header: Record<string, unknown> = {};
  for (const [name, rows] of Object.entries(tensors)) {
    const bytes = rows.length * 2 * width;
    header[name] = { dtype, shape: [rows.length, 2], data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const data = Object.values(tensors)
    .flat(2)
    .map((bits) => {
      const number = Buffer.alloc(width);
      number.writeUIntLE(bits, 0, width);
      return number;
    });
  writeFileSync(join(path, 'model.safetensors'), Buffer.concat([length, text, ...data]));
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
  it.each([
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
    const rows = stored.F32 ?? [];
    expect(
      ask(baseOf('F32', { 'a.embed_tokens.weight': rows, 'b.embed_tokens.weight': rows } as never)),
    ).toBeNull();
  });

  it('are not looked for beyond the matrix, and a file that ends early is named', () => {
    expect(ask(baseOf('F32'), {}, [], [{ id: 9, token: '<9>', rows: 1 }])).toEqual([]);
    const base = baseOf('F32');
    writeFileSync(
      join(base.path ?? '', 'model.safetensors'),
      Buffer.concat([
        Buffer.from([87, 0, 0, 0, 0, 0, 0, 0]),
        Buffer.from(
          JSON.stringify({
            'embed_tokens.weight': { dtype: 'F32', shape: [9, 2], data_offsets: [0, 72] },
          }).padEnd(87),
        ),
      ]),
    );
    expect(() => ask(base)).toThrow('it ends within a tensor');
  });
});

describe('ids against the embedding', () => {
  it('are refused from the first that has no row', () => {
    expect(checkVocabulary(reading, { largest_id: 3 })).toEqual([]);
    expect(checkVocabulary(reading, { largest_id: -1 })).toEqual([]);
    const [refused] = checkVocabulary(reading, { largest_id: 4 });
    expect(refused).toMatchObject({ code: 'R029', severity: 'error' });
    expect(refused?.message).toBe('the rows hold token id 4, the model has 4 embedding rows');
  });
});
