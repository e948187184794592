// The text that most checks across rows use: the last answer.
import type { Spot } from '../checks/check.ts';
import { textOf } from '../content.ts';
import type { Example } from '../example.ts';

export interface Answer {
  text: string;
  spot: Spot;
}

const wholeRow: Spot = { message: -1 };

// Cached, because many checks ask for the same row one after another.
let lastExample: Example | null = null;
let lastFound: Answer | null = null;

/** The last assistant message with text; in a preference row the chosen one. Null if there is none. */
export function lastAnswer(example: Example): Answer | null {
  if (example !== lastExample) {
    lastExample = example;
    lastFound = findAnswer(example);
  }
  return lastFound;
}

/** The answer of a row with exactly one assistant message, which depends on the prompt alone. */
export function onlyAnswer(example: Example): Answer | null {
  let answers = 0;
  for (const { role } of example.messages) if (role === 'assistant') answers += 1;
  return answers > 1 ? null : lastAnswer(example);
}

function findAnswer({ messages, chosen }: Example): Answer | null {
  const from = chosen ?? messages;
  for (let at = from.length - 1; at >= 0; at -= 1) {
    const message = from[at];
    if (message?.role !== 'assistant') continue;
    const text = textOf(message.content);
    if (text !== null && text !== '')
      return { text, spot: chosen ? wholeRow : { message: at, field: 'content' } };
  }
  return null;
}
