// Recognises the fields of the better and the worse of two answers by name.
import { plainName, rememberByKey } from './key-name.ts';

const noun = '(?:answer|response|output|completion|message|text|reply|conversation|content)s?';
const good = '(?:chosen|preferred|better|accepted|winning)';
const bad = '(?:rejected|nonpreferred|unpreferred|dispreferred|worse|losing|bad)';
// stack-exchange-paired and datasets like it: j is the better answer.
const chosenName = new RegExp(`^(?:chosen|preferred|${good}${noun}|${noun}${good}|responsej)$`);
const rejectedName = new RegExp(
  `^(?:rejected|nonpreferred|dispreferred|${bad}${noun}|${noun}${bad}|responsek)$`,
);

/** Which of two answers a field of that name contains; null for other names. */
export const sideOf = rememberByKey((key): 'chosen' | 'rejected' | null => {
  const name = plainName(key);
  return chosenName.test(name) ? 'chosen' : rejectedName.test(name) ? 'rejected' : null;
});

/** Whether a value can be an answer: a text, a message, or a list of them; not empty, and not a yes or no. */
export function isAnswer(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** The key of a row with an answer of that side. */
export function findSide(
  row: Readonly<Record<string, unknown>>,
  side: 'chosen' | 'rejected',
): string | undefined {
  // Prefer the usual name to other spellings.
  if (row[side] !== undefined && typeof row[side] !== 'boolean') return side;
  return Object.keys(row).find((key) => sideOf(key) === side && isAnswer(row[key]));
}
