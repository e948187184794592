import { describe, expect, it } from 'vitest';
import { countParameters, type ModelFacts } from '../../src/model/modules.ts';
import { readModelConfig } from '../../src/model/read-config.ts';
import { compareTensors, summarizeTensors, type TensorShape } from '../../src/model/tensors.ts';

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

/** The tensors that a checkpoint of these modules stores: tied weights once. */
function stored(facts: ModelFacts, rename = (name: string) => name): Record<string, TensorShape> {
  const tensors: Record<string, TensorShape> = {};
  for (const module of facts.modules) {
    if (module.tiedTo !== null) continue;
    const shape =
      module.kind === 'norm'
        ? [module.out]
        : module.kind === 'linear'
          ? [module.out, module.in]
          : [module.in, module.out];
    tensors[rename(`${module.name}.weight`)] = { dtype: 'BF16', shape };
    if (module.bias) tensors[rename(`${module.name}.bias`)] = { dtype: 'BF16', shape: [module.out] };
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
});
