// What single rows of embedding and head take while they train: PEFT writes them into a copy of the whole matrix.
import type { ModelFacts } from './modules.ts';
import { tiedModules } from './weight-tying.ts';

/** Which matrices have rows that train one by one; a tied head follows its embedding. */
export function matricesOfRows(
  facts: ModelFacts,
  lora: Readonly<Record<string, unknown>>,
): { embedding: boolean; head: boolean } {
  const given = lora.trainable_token_indices;
  if (given === null || given === undefined) return { embedding: false, head: false };
  const { inputEmbeddings, outputEmbeddings } = facts;
  const names = Array.isArray(given) ? [inputEmbeddings] : Object.keys(given);
  const embedding = names.some((name) => inputEmbeddings.endsWith(name));
  const tied = tiedModules(facts).includes(outputEmbeddings);
  return { embedding, head: names.some((name) => outputEmbeddings.endsWith(name)) || (embedding && tied) };
}

/**
 * Bytes beside the loss: the head's copy lives as long as its logits are computed, and the copy of the embedding (or
 * its gradient, of the same size) before and after them. Measured on the CPU with 100,000 × 512 in fp32 and bf16: a
 * head with rows adds 2.0 and 2.9 times rows · hidden · width, its fp32 gradient (loss-bytes.ts) included; an
 * embedding adds nothing to that.
 */
export function tokenRowBytes(
  facts: ModelFacts,
  lora: Readonly<Record<string, unknown>>,
  width: number,
  lossBytes: number,
): number {
  const { embedding, head } = matricesOfRows(facts, lora);
  const copy = facts.sizes.vocab * facts.sizes.hidden * width;
  if (head) return copy;
  return embedding ? Math.max(0, Math.round(copy - lossBytes)) : 0;
}
