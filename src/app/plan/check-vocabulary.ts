// Token ids of the rows against the base's embedding, before anything is loaded.
import type { Finding } from '../../diagnostics/finding.ts';
import { embeddingRows } from '../../model/new-token-rows.ts';
import type { ModelReading } from '../../model/read-config.ts';
import type { PlannedTokenizer } from '../../run/plan.ts';
import type { Prepared } from '../tokens/prepare-sequences.ts';

/**
 * Reports an id that the embedding has no row for, which the trainer would refuse (R029), and an id
 * that gets a row only because new tokens need rows, and that nothing trains. `reading` is the unchanged base.
 */
export function checkVocabulary(
  reading: ModelReading,
  { largest_id: largest, added_tokens: used }: Pick<Prepared, 'largest_id' | 'added_tokens'>,
  tokenizer: PlannedTokenizer | null,
): Finding[] {
  if (!reading.known) return [];
  const rows = embeddingRows(reading.facts);
  if (rows === undefined || largest < rows) return [];
  const fresh = new Set(tokenizer?.added.map(({ id }) => id));
  const beyond = used.filter(({ id }) => id >= rows && !fresh.has(id));
  const grown = tokenizer?.embedding?.after ?? rows;
  if (beyond.length === 0 && largest < grown) return [];
  const names = beyond.map(({ token }) => JSON.stringify(token)).slice(0, 4);
  return [
    {
      code: 'R029',
      name: 'token-outside-vocabulary',
      severity: 'error',
      message: `the rows contain ${names.length > 0 ? `${names.join(', ')}, of which the largest has` : 'token'} id ${beyond.at(-1)?.id ?? largest}; the model has ${rows} embedding rows`,
      hint:
        names.length > 0
          ? `use the tokenizer of the base model; or, if you added these tokens, write tokenizer.add_tokens: [${names.join(', ')}], which gives them rows and trains those`
          : 'use the tokenizer that belongs to the base model',
      data: { largest_id: largest, embedding_rows: rows },
    },
  ];
}
