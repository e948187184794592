// How new tokens change a plan: their ids, the rows they need, and the settings that train these rows.
import type { RenderedConfig } from '../../config/render/index.ts';
import { embeddingRows, resizeEmbedding, rowsNeeded, trainNewRows } from '../../model/new-token-rows.ts';
import type { ModelReading } from '../../model/read-config.ts';
import type { PlannedTokenizer } from '../../run/plan.ts';
import type { Prepared } from '../tokens/prepare-sequences.ts';

export interface PlannedTokens {
  /** Null if no token is new. */
  tokenizer: PlannedTokenizer | null;
  /** The model as it trains. */
  reading: ModelReading;
  /** LoraConfig fields; those of an architecture that lorch does not know are completed by the trainer. */
  lora: Record<string, unknown>;
}

/**
 * A token that the tokenizer already had still counts as new if the embedding has no row for it, because the
 * model was not resized for it. Throws UserError M005.
 */
export function planTokens(
  { tokenizer: asked, lora }: Pick<RenderedConfig, 'tokenizer' | 'lora'>,
  reading: ModelReading,
  { new_tokens: found }: Pick<Prepared, 'new_tokens'>,
): PlannedTokens {
  const before = reading.known ? embeddingRows(reading.facts) : undefined;
  const added = found
    .filter(({ id, known }) => !known || (before !== undefined && id >= before))
    .map(({ known: _, ...token }) => token);
  if (!asked || added.length === 0) return { tokenizer: null, reading, lora };
  const { init, pad_to_multiple_of } = asked;
  if (!reading.known || before === undefined)
    return { tokenizer: { init, pad_to_multiple_of, added, embedding: null }, reading, lora };
  const ids = added.map(({ id }) => id);
  const after = rowsNeeded(before, ids, pad_to_multiple_of);
  const facts = resizeEmbedding(reading.facts, after);
  return {
    tokenizer: { init, pad_to_multiple_of, added, embedding: { before, after } },
    reading: { known: true, facts },
    lora: trainNewRows(facts, lora, ids),
  };
}
