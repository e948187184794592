// How many tokens a model reads at once, from config.json.

export interface ContextLength {
  /** What the model was made for, scaling included; null if config.json sets no limit (ALiBi, state spaces). */
  tokens: number | null;
  /** Rotary positions stretched beyond their first training; null if they are not. */
  rope: { type: string; factor: number | null; original_tokens: number | null } | null;
  /** Tokens that the layers with a sliding window see; null if none has one. */
  sliding_window: number | null;
}

/** Names of the same limit over the families' config classes. */
const limits = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len', 'seq_length'];

type Config = Readonly<Record<string, unknown>>;

/**
 * Reads the limit and its scaling. YaRN and LongRoPE configs may keep the first length in `max_position_embeddings`;
 * if they also say it as the original one, length × factor is the limit (the arithmetic of transformers' docs).
 */
export function readContextLength(config: Config): ContextLength {
  const text = isObject(config.text_config) ? config.text_config : config;
  const stated = limits.map((key) => numberOf(text[key])).find((value) => value !== null) ?? null;
  const rope = readRope(text);
  const stretched =
    rope?.original_tokens && rope.factor && /yarn|longrope/.test(rope.type)
      ? Math.round(rope.original_tokens * rope.factor)
      : 0;
  const alibi = text.alibi === true || text.position_embedding_type === 'alibi';
  return {
    tokens: alibi ? null : stated === null ? stretched || null : Math.max(stated, stretched),
    rope,
    sliding_window: text.use_sliding_window === false ? null : numberOf(text.sliding_window),
  };
}

/** transformers 5 writes `rope_parameters`, earlier versions `rope_scaling`; Gemma 3 has one for each kind of layer. */
function readRope(config: Config): ContextLength['rope'] {
  const given = isObject(config.rope_parameters) ? config.rope_parameters : config.rope_scaling;
  if (!isObject(given)) return null;
  const scaled = isObject(given.full_attention) ? given.full_attention : given;
  const type = scaled.rope_type ?? scaled.type;
  if (typeof type !== 'string' || type === 'default' || type === 'mrope') return null;
  return {
    type,
    factor: numberOf(scaled.factor),
    original_tokens:
      numberOf(scaled.original_max_position_embeddings) ?? numberOf(config.original_max_position_embeddings),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}
