import { answersOf, asksForCode, looksLikeCode, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import type { Check } from '../check.ts';

// In prose, at a place for a name, a number or a date.
const missing =
  /\[object Object\]|<NA>|\b(?:Dear|Hello|Hi|Hey|Mr\.?|Mrs\.?|Ms\.?) (?:None|nan|NaN|null|undefined)\b|(?:[$€£] ?|\b(?:number|order|invoice|ticket|account|id|ID|no\.) #?)(?:None|nan|NaN|null|undefined)\b|\b(?:on|at|by|until|from|since) (?:nan|NaN|undefined)\b/;

// A fast first test.
const mayMiss = anyOf('none', 'nan', 'null', 'undefined', '[object', '<na>');

export const missingValue: Check = {
  code: 'D253',
  name: 'missing-value',
  severity: 'warning',
  group: 'content',
  title: 'A missing value was written into the answer.',
  prose:
    'The answer says `Dear None`, `order nan`, `on undefined`, `[object Object]` in plain prose: the program that built it had no value, and wrote its own word for that. The check skips code, and prompts that hold the same word.',
  hint: 'fill in the value when the dataset is built, or drop the row',
  bad: [
    {
      text: '{"instruction":"Greet the customer.","input":"","output":"Dear None, your order nan has left the house."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Who signed the letter?","input":"","output":"It was signed by [object Object]."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Who came to the meeting?","input":"","output":"None of them came."}',
    '{"instruction":"What does JavaScript print for an object?","input":"","output":"It prints [object Object]."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { text } = answer;
      if (!mayMiss(answer.grams)) continue;
      const found = missing.exec(text);
      const word = found?.[0].split(' ').at(-1) ?? '';
      if (!found || answer.prompt.includes(word) || asksForCode(answer.promptLower) || looksLikeCode(text))
        continue;
      report(spotOf(answer, found.index), `The answer holds ${JSON.stringify(found[0])}, a missing value.`);
    }
  },
};
