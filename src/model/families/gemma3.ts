// Gemma 3: the text model, and the variant that sees images through a SigLIP tower.
import { type ConfigReader, UnmodelledConfigError } from '../config-reader.ts';
import { build, type ModelModule } from '../modules.ts';
import type { Family } from './family.ts';
import { buildDecoder, llamaLike, type Variation } from './llama-like.ts';

const textDefaults = {
  vocab_size: 262208,
  hidden_size: 2304,
  intermediate_size: 9216,
  num_hidden_layers: 26,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  tie_word_embeddings: true,
};

const visionDefaults = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  num_channels: 3,
  image_size: 224,
  patch_size: 16,
  vision_use_head: true,
};

const variation: Variation = {
  qkvBias: 'attention_bias',
  outBias: 'attention_bias',
  feedforwardNorms: true,
  qkNorm: true,
};

export const gemma3Text: Family = llamaLike('Gemma3ForCausalLM', textDefaults, variation);

export const gemma3: Family = {
  architecture: 'Gemma3ForConditionalGeneration',
  defaults: { tie_word_embeddings: true },
  build(config) {
    const vision = config.section('vision_config', visionDefaults);
    const text = config.section('text_config', textDefaults);
    const visionTower = 'model.vision_tower';
    const tower = buildTower(visionTower, vision);
    const decoder = buildDecoder('model.language_model', text, variation);
    const { sizes, inputEmbeddings } = decoder;
    const projector = 'model.multi_modal_projector';
    const visionWidth = vision.size('hidden_size');
    const tied = config.flag('tie_word_embeddings');
    return {
      sizes,
      modules: [
        ...tower.modules,
        build.parameter(`${projector}.mm_input_projection_weight`, visionWidth, sizes.hidden),
        build.norm(`${projector}.mm_soft_emb_norm`, visionWidth),
        ...decoder.modules,
        build.head('lm_head', sizes.vocab, sizes.hidden, tied ? inputEmbeddings : null),
      ],
      imageBlocks: [visionTower, projector],
      inert: [...tower.inert, `${projector}.avg_pool`, ...decoder.inert],
      inputEmbeddings,
      outputEmbeddings: 'lm_head',
    };
  },
};

/** SigLIP without its pooling head, which Gemma leaves out. */
function buildTower(at: string, config: ConfigReader): { modules: ModelModule[]; inert: string[] } {
  if (config.flag('vision_use_head')) throw new UnmodelledConfigError('its vision tower has a pooling head');
  const hidden = config.size('hidden_size');
  const intermediate = config.size('intermediate_size');
  const patch = config.size('patch_size');
  const patches = Math.floor(config.size('image_size') / patch) ** 2;
  const modules = [
    build.conv2d(`${at}.embeddings.patch_embedding`, hidden, config.size('num_channels'), patch),
    build.embedding(`${at}.embeddings.position_embedding`, patches, hidden),
  ];
  const inert: string[] = [];
  for (let i = 0; i < config.size('num_hidden_layers'); i++) {
    const layer = `${at}.encoder.layers.${i}`;
    modules.push(
      build.norm(`${layer}.layer_norm1`, hidden, true),
      ...['k_proj', 'v_proj', 'q_proj', 'out_proj'].map((name) =>
        build.linear(`${layer}.self_attn.${name}`, hidden, hidden, true),
      ),
      build.norm(`${layer}.layer_norm2`, hidden, true),
      build.linear(`${layer}.mlp.fc1`, intermediate, hidden, true),
      build.linear(`${layer}.mlp.fc2`, hidden, intermediate, true),
    );
    inert.push(`${layer}.mlp.activation_fn`);
  }
  modules.push(build.norm(`${at}.post_layernorm`, hidden, true));
  return { modules, inert };
}
