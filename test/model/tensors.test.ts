import { describe, expect, it } from 'vitest';
import { countParameters, type ModelFacts, parametersOf } from '../../src/model/modules.ts';
import { readModelConfig } from '../../src/model/read-config.ts';
import type { TensorShape } from '../../src/model/tensor-shapes.ts';
import { compareTensors, summarizeTensors } from '../../src/model/tensors.ts';

function factsOf(config: unknown): ModelFacts {
  const reading = readModelConfig(config);
  if (!reading.known) throw new Error(reading.reason);
  return reading.facts;
}

const llama = factsOf({
  model_type: 'llama',
  hidden_size: 16,
  intermediate_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 50,
  tie_word_embeddings: true,
});

const mixtral = factsOf({
  model_type: 'mixtral',
  hidden_size: 16,
  intermediate_size: 32,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_local_experts: 3,
  vocab_size: 50,
});

/** The tensors that a checkpoint of these modules stores: tied weights once. */
function stored(facts: ModelFacts, rename = (name: string) => name): Record<string, TensorShape> {
  const tensors: Record<string, TensorShape> = {};
  for (const module of facts.modules) {
    if (module.tiedTo !== null) continue;
    for (const { name, shape } of parametersOf(module)) tensors[rename(name)] = { dtype: 'BF16', shape };
  }
  return tensors;
}

describe('summarizeTensors', () => {
  it('counts elements and bytes, and leaves old buffers out of the parameters', () => {
    const tensors = {
      ...stored(llama),
      'model.layers.0.self_attn.rotary_emb.inv_freq': { dtype: 'F32', shape: [2] },
    };
    const { parameters, bytes, dtypes } = summarizeTensors(tensors);
    expect(parameters).toBe(countParameters(llama.modules));
    expect(bytes).toBe(2 * parameters + 8);
    expect(dtypes).toEqual({ BF16: parameters });
  });
});

describe('compareTensors', () => {
  it('finds nothing where config and tensors agree, the tied head stored or not', () => {
    expect(compareTensors(llama, stored(llama))).toEqual([]);
    const both = { ...stored(llama), 'lm_head.weight': { dtype: 'BF16', shape: [50, 16] } };
    expect(compareTensors(llama, both)).toEqual([]);
  });

  it('names a resized vocabulary and a missing tensor', () => {
    const tensors = stored(llama);
    tensors['model.embed_tokens.weight'] = { dtype: 'BF16', shape: [64, 16] };
    delete tensors['model.norm.weight'];
    const [finding] = compareTensors(llama, tensors);
    expect(finding).toMatchObject({ code: 'M014', severity: 'warning' });
    expect(finding?.message).toContain('model.embed_tokens.weight is 64×16, config.json says 50×16');
    expect(finding?.message).toContain('model.norm.weight is missing');
  });

  it('knows the names that older checkpoints of GPT-2 and GPT-NeoX use', () => {
    const gpt2 = factsOf({
      model_type: 'gpt2',
      n_layer: 1,
      n_embd: 12,
      n_head: 2,
      vocab_size: 20,
      n_positions: 8,
    });
    expect(
      compareTensors(
        gpt2,
        stored(gpt2, (name) => name.replace('transformer.', '')),
      ),
    ).toEqual([]);
    const neox = factsOf({
      model_type: 'gpt_neox',
      hidden_size: 16,
      intermediate_size: 32,
      num_hidden_layers: 1,
      num_attention_heads: 4,
      vocab_size: 20,
    });
    expect(
      compareTensors(
        neox,
        stored(neox, (name) => name.replace('lm_head', 'embed_out')),
      ),
    ).toEqual([]);
  });

  it('stacks experts that a checkpoint stores one by one, and tells one that is missing', () => {
    const tensors = stored(mixtral, (name) => name.replace('.mlp.', '.block_sparse_moe.'));
    const at = 'model.layers.0.block_sparse_moe.experts';
    delete tensors[`${at}.gate_up_proj`];
    delete tensors[`${at}.down_proj`];
    for (let i = 0; i < 3; i++) {
      tensors[`${at}.${i}.w1.weight`] = { dtype: 'BF16', shape: [32, 16] };
      tensors[`${at}.${i}.w2.weight`] = { dtype: 'BF16', shape: [16, 32] };
      tensors[`${at}.${i}.w3.weight`] = { dtype: 'BF16', shape: [32, 16] };
    }
    expect(compareTensors(mixtral, tensors)).toEqual([]);
    delete tensors[`${at}.2.w2.weight`];
    expect(compareTensors(mixtral, tensors)[0]?.message).toContain(
      'model.layers.0.mlp.experts.down_proj is 2×16×32, config.json says 3×16×32',
    );
  });

  it('knows the names under which Gemma 3 with vision is published', () => {
    const gemma = factsOf({
      model_type: 'gemma3',
      text_config: { hidden_size: 16, intermediate_size: 32, num_hidden_layers: 1, vocab_size: 50 },
      vision_config: {
        hidden_size: 8,
        intermediate_size: 16,
        num_hidden_layers: 1,
        image_size: 28,
        patch_size: 14,
        vision_use_head: false,
      },
    });
    const published = (name: string) =>
      name
        .replace(/^model\.language_model\./, 'language_model.model.')
        .replace(/^model\.vision_tower\./, 'vision_tower.vision_model.')
        .replace(/^model\.multi_modal/, 'multi_modal');
    expect(compareTensors(gemma, stored(gemma, published))).toEqual([]);
    expect(compareTensors(gemma, stored(gemma))).toEqual([]);
  });
});
