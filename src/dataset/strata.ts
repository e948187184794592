// Strata: kinds of rows, so that a split or a sample takes a share of each kind.
import { UserError } from '../diagnostics/user-error.ts';
import { textOf } from './content.ts';
import type { Example, Message } from './example.ts';

/** The name of a row's stratum. */
export type StratumOf = (example: Example, file: string) => string;

/** What `stratify` takes. */
const strataNames = ['length', 'source', 'label'] as const;

/** The strata of that name; `source:KEY` reads another field of the row than `source`. Throws UserError D195. */
export function findStrata(name: string): StratumOf {
  if (name === 'length') return lengthStratum;
  if (name === 'label') return labelStratum;
  if (name === 'source') return sourceStratum('source');
  if (name.startsWith('source:') && name.length > 'source:'.length)
    return sourceStratum(name.slice('source:'.length));
  throw new UserError('D195', `Rows cannot be told apart by ${JSON.stringify(name)}.`, {
    hint: `one of ${strataNames.join(', ')}, or source:KEY for another field of the row`,
  });
}

/** By characters of all contents, in powers of two: bounds that stay where they are when rows come in. */
function lengthStratum(example: Example): string {
  const low = 2 ** Math.max(5, Math.floor(Math.log2(Math.max(1, characters(example)))));
  return low === 32 ? 'under 64 characters' : `${low} to ${2 * low - 1} characters`;
}

/** The text in Unicode NFC, runs of white space as one space, ends trimmed: coarser than duplicate_key. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** UTF-16 units of all contents, normalised: the same for rows with one duplicate_key. */
export function characters(example: Example): number {
  return everyMessage(example).reduce(
    (sum, { content }) => sum + normalizeText(textOf(content) ?? '').length,
    0,
  );
}

function everyMessage({ messages, chosen, rejected }: Example): readonly Message[] {
  return chosen || rejected ? [...messages, ...(chosen ?? []), ...(rejected ?? [])] : messages;
}

// Longer answers are not labels and form one stratum together.
const longestLabel = 100;

/** By the last answer: for datasets whose answers are labels. */
function labelStratum({ messages, chosen = [] }: Example): string {
  const answer = [...messages, ...chosen].findLast(({ role }) => role === 'assistant');
  const text = normalizeText((answer && textOf(answer.content)) ?? '');
  return text.length > longestLabel ? 'longer answers' : text;
}

/** By a field of the row that belongs to no role; by file if the row has none. */
function sourceStratum(key: string): StratumOf {
  return ({ meta }, file) => {
    const value = Object.hasOwn(meta, key) ? meta[key] : undefined;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : file;
  };
}
