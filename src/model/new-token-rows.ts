// Rows of embedding and head for new tokens: how many there must be, and which train (new_rows.py says the same).
import { refused } from './lora-settings.ts';
import type { ModelFacts, ModelModule } from './modules.ts';
import { tiedModules } from './weight-tying.ts';

/** Rows of the input embedding as the base has them; more than the tokenizer has ids in many models. */
export function embeddingRows(facts: ModelFacts): number | undefined {
  return facts.modules.find(({ name }) => name === facts.inputEmbeddings)?.in;
}

/** Rows needed for these ids: the present number if it is enough, else the next multiple. */
export function rowsNeeded(before: number, ids: readonly number[], multiple: number | null): number {
  const needed = ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  const step = multiple ?? 1;
  return needed <= before ? before : Math.ceil(needed / step) * step;
}

/** The model as `resize_token_embeddings(rows)` leaves it. */
export function resizeEmbedding(facts: ModelFacts, rows: number): ModelFacts {
  return {
    ...facts,
    sizes: { ...facts.sizes, vocab: rows },
    modules: facts.modules.map((module) => resizeModule(module, facts, rows)),
  };
}

function resizeModule(module: ModelModule, facts: ModelFacts, rows: number): ModelModule {
  const shape = [rows, ...module.shape.slice(1)];
  if (module.name === facts.inputEmbeddings) return { ...module, shape, in: rows };
  return module.name === facts.outputEmbeddings ? { ...module, shape, out: rows } : module;
}

/**
 * LoraConfig fields under which the rows of new tokens train: those of the embedding and, if it has a weight of its
 * own, of the head. What `modules_to_save` trains whole needs nothing more. Throws UserError M005 for a tied head that
 * trains whole without its embedding.
 */
export function trainNewRows(
  facts: ModelFacts,
  lora: Readonly<Record<string, unknown>>,
  ids: readonly number[],
): Record<string, unknown> {
  const { inputEmbeddings: embedding, outputEmbeddings: head } = facts;
  const tied = tiedModules(facts).includes(head);
  const saved = Array.isArray(lora.modules_to_save) ? lora.modules_to_save.map(String) : [];
  const whole = [embedding, head].filter((name) => saved.some((ending) => name.endsWith(ending)));
  if (tied && whole.length > 0 && lora.ensure_weight_tying === true)
    return { ...lora, trainable_token_indices: lora.trainable_token_indices ?? null };
  if (tied && whole.length === 1 && whole[0] === head)
    throw refused(
      `modules_to_save trains all of ${head}, but new tokens need rows of ${embedding}, which shares its weight`,
      'name both in modules_to_save, or none of them',
    );
  const rows = givenRows(lora.trainable_token_indices, embedding);
  for (const name of [embedding, head].filter((one) => !whole.includes(one))) {
    const named = Object.keys(rows).filter((key) => name.endsWith(key));
    // A tied head follows the rows of the embedding by itself.
    const follows = name === head && tied && whole.length === 0;
    for (const key of named.length > 0 ? named : follows ? [] : [name])
      rows[key] = [...new Set([...(rows[key] ?? []), ...ids])];
  }
  return { ...lora, trainable_token_indices: Object.keys(rows).length > 0 ? rows : null };
}

/** `trainable_token_indices` of the user's own; a list is of the input embedding. */
function givenRows(given: unknown, embedding: string): Record<string, number[]> {
  if (Array.isArray(given)) return { [embedding]: given.map(Number) };
  return { ...((given ?? {}) as Record<string, number[]>) };
}
