// Control tokens in the rows that the base has never learned: their embedding rows are zero.
import { readHubEnvironment } from '../../hub/hub-environment.ts';
import { snapshotFolder } from '../../hub/offline-model.ts';
import type { ResolvedModel } from '../../hub/resolve-model.ts';
import { readTensorRows } from '../../hub/tensor-rows.ts';
import type { AdviceFacts } from '../../run/advice/rule.ts';
import type { Prepared } from './prepare-sequences.ts';

export interface UntrainedRequest {
  base: ResolvedModel;
  lora: Readonly<Record<string, unknown>>;
  /** Full names of all modules that train; null if unknown. */
  trained: readonly string[] | null;
  prepared: Pick<Prepared, 'added_tokens'>;
  env: Readonly<Record<string, string | undefined>>;
}

/** A smaller value counts as zero, because some bases store untrained rows as 1e-23. */
const nothing = 1e-16;

/**
 * The tokenizer's added tokens that occur in the rows, that this run does not train, and whose embedding is
 * zero. Null if the weights are not on this machine, or are stored in a form that lorch cannot read.
 */
export function untrainedTokens(request: UntrainedRequest): AdviceFacts['untrainedTokens'] {
  const { base, lora, trained, prepared } = request;
  if (!base.reading.known || trained === null) return null;
  const { facts } = base.reading;
  const used = prepared.added_tokens;
  const embedding = facts.inputEmbeddings;
  const taught = taughtIds(lora.trainable_token_indices, embedding);
  if (used.length === 0 || (trained.includes(embedding) && !taught)) return [];
  const dir = base.path ?? snapshotFolder(readHubEnvironment(request.env), base.id, base.revision ?? '');
  const stored = readTensorRows(
    dir,
    `${embedding.split('.').at(-1)}.weight`,
    used.map(({ id }) => id),
  );
  if (!stored) return null;
  return used.filter(({ id }, i) => {
    const row = stored.rows[i];
    return row != null && !taught?.has(id) && isNothing(row, stored.dtype);
  });
}

/** Single rows of the embedding that train, including those of new tokens; null if none do. */
function taughtIds(given: unknown, embedding: string): Set<number> | null {
  if (given === null || typeof given !== 'object') return null;
  if (Array.isArray(given)) return new Set(given.map(Number));
  const named = Object.entries(given).filter(([name]) => embedding.endsWith(name));
  return named.length > 0 ? new Set(named.flatMap(([, ids]) => ids as number[])) : null;
}

function isNothing(row: Buffer, dtype: string): boolean {
  const half = new Uint16Array(row.buffer, row.byteOffset, row.length >> 1);
  // The smallest half-precision number is 6e-8, so only the two zeros are below.
  if (dtype === 'F16') return half.every((bits) => (bits & 0x7fff) === 0);
  // bfloat16 is the upper half of a 32-bit float.
  const values =
    dtype === 'BF16'
      ? new Float32Array(Uint32Array.from(half, (bits) => bits << 16).buffer)
      : new Float32Array(row.buffer, row.byteOffset, row.length >> 2);
  return values.every((value) => Math.abs(value) <= nothing);
}
