// OPT: learned positions with two extra rows, and projections if the embedding is narrower than the layers (350m).
import { build } from '../modules.ts';
import type { Family } from './family.ts';

/** OPTLearnedPositionalEmbedding keeps this many rows before position 0. */
const positionOffset = 2;

export const opt: Family = {
  architecture: 'OPTForCausalLM',
  defaults: {
    vocab_size: 50272,
    hidden_size: 768,
    num_hidden_layers: 12,
    ffn_dim: 3072,
    max_position_embeddings: 2048,
    do_layer_norm_before: true,
    num_attention_heads: 12,
    enable_bias: true,
    layer_norm_elementwise_affine: true,
    tie_word_embeddings: true,
  },
  build(config) {
    const hidden = config.size('hidden_size');
    const heads = config.size('num_attention_heads');
    const intermediate = config.size('ffn_dim');
    const vocab = config.size('vocab_size');
    const layers = config.size('num_hidden_layers');
    const width = config.size('word_embed_proj_dim', hidden);
    const bias = config.flag('enable_bias');
    const affine = config.flag('layer_norm_elementwise_affine');
    const norm = (name: string) => (affine ? [build.norm(name, hidden, true)] : []);
    const inputEmbeddings = 'model.decoder.embed_tokens';
    const positions = config.size('max_position_embeddings') + positionOffset;
    const modules = [
      build.embedding(inputEmbeddings, vocab, width),
      build.embedding('model.decoder.embed_positions', positions, hidden),
    ];
    if (width !== hidden) {
      modules.push(build.linear('model.decoder.project_out', width, hidden));
      modules.push(build.linear('model.decoder.project_in', hidden, width));
    }
    if (config.flag('do_layer_norm_before') && !config.flag('_remove_final_layer_norm')) {
      modules.push(...norm('model.decoder.final_layer_norm'));
    }
    const inert: string[] = [];
    for (let i = 0; i < layers; i++) {
      const at = `model.decoder.layers.${i}`;
      for (const name of ['k_proj', 'v_proj', 'q_proj', 'out_proj']) {
        modules.push(build.linear(`${at}.self_attn.${name}`, hidden, hidden, bias));
      }
      modules.push(
        ...norm(`${at}.self_attn_layer_norm`),
        build.linear(`${at}.fc1`, intermediate, hidden, bias),
        build.linear(`${at}.fc2`, hidden, intermediate, bias),
        ...norm(`${at}.final_layer_norm`),
      );
      inert.push(`${at}.activation_fn`);
    }
    const tied = config.flag('tie_word_embeddings');
    modules.push(build.head('lm_head', vocab, width, tied ? inputEmbeddings : null));
    const headDim = Math.floor(hidden / heads);
    const sizes = { layers, hidden, intermediate, heads, kvHeads: heads, headDim, vocab };
    return { sizes, modules, inert, inputEmbeddings, outputEmbeddings: 'lm_head' };
  },
};
