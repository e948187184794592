// Token ids of the rows against the base's embedding, before anything is loaded.
import type { Finding } from '../diagnostics/finding.ts';
import type { ModelReading } from '../model/read-config.ts';
import type { Prepared } from './prepare-sequences.ts';

/** What the trainer would refuse (R029): an id that the embedding has no row for. */
export function checkVocabulary(
  reading: ModelReading,
  { largest_id: largest }: Pick<Prepared, 'largest_id'>,
): Finding[] {
  if (!reading.known) return [];
  const { modules, inputEmbeddings } = reading.facts;
  const rows = modules.find(({ name }) => name === inputEmbeddings)?.shape[0];
  if (rows === undefined || largest < rows) return [];
  return [
    {
      code: 'R029',
      name: 'token-outside-vocabulary',
      severity: 'error',
      message: `the rows hold token id ${largest}, the model has ${rows} embedding rows`,
      hint: 'use the tokenizer that belongs to the base model',
      data: { largest_id: largest, embedding_rows: rows },
    },
  ];
}
