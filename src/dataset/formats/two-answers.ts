// Rows with two answers and a field that says which is better: `response_a`, `response_b`, `winner`.

import { plainName } from '../meaning/key-name.ts';
import { isAnswer } from '../meaning/two-sides.ts';
import type { Row } from './format.ts';

export interface Comparison {
  /** Keys of the better answer and of the other one; null if the row does not say which is better. */
  sides: { chosen: string; rejected: string } | null;
  /** The field that says it. */
  verdict: string;
}

const answerName = /^(humanref|response|answer|output|completion|assistant|reply|conversation)([ab012])$/;
const ends = [
  ['a', 'b'],
  ['0', '1'],
  ['1', '2'],
] as const;
const verdictName =
  /^(?:winner|preferred|preference|choice|better|(?:better|preferred|chosen)(?:response|answer|output)(?:id)?|labels?)$/;

/** The comparison in a row; null if the row is not a comparison. */
export function findComparison(row: Row): Comparison | null {
  const answers = new Map<string, string>();
  let verdict: string | undefined;
  for (const key of Object.keys(row)) {
    const name = plainName(key);
    if (answerName.test(name) && isAnswer(row[key])) answers.set(name, key);
    else if (verdictName.test(name) && (typeof row[key] !== 'object' || row[key] === null)) verdict = key;
  }
  if (verdict === undefined || answers.size < 2) return null;
  for (const name of answers.keys()) {
    const stem = name.slice(0, -1);
    const pair = ends.find(([a, b]) => answers.has(stem + a) && answers.has(stem + b));
    if (!pair) continue;
    const better = readBetter(row[verdict], pair, stem === 'humanref' && plainName(verdict) === 'labels');
    if (better === undefined) return null;
    const [first, second] = pair.map((end) => answers.get(stem + end) ?? '') as [string, string];
    if (better === null) return { sides: null, verdict };
    return {
      sides: better === pair[0] ? { chosen: first, rejected: second } : { chosen: second, rejected: first },
      verdict,
    };
  }
  return null;
}

// Which answer is better: null if neither, undefined for a value of another kind.
function readBetter(
  value: unknown,
  pair: readonly [string, string],
  ofShp: boolean,
): string | null | undefined {
  // SHP: 1 if A has more votes.
  if (ofShp) return Number(value) === 1 ? 'a' : Number(value) === 0 ? 'b' : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return value === null ? null : undefined;
  const word = plainName(String(value).trim());
  if (/^(?:tie|both|bothbad|neither|equal|same|none|draw)\b|^tie/.test(word)) return null;
  const end = /^(?:model|response|answer|output|completion|assistant|option)?([ab012])$/.exec(word)?.[1];
  return end !== undefined && pair.includes(end) ? end : undefined;
}
