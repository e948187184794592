import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const tokens =
  /^[<[("']?(?:n\/a|n\.a\.?|na|null|nil|none|nan|nat|undefined|not (?:applicable|available)|unknown|无|没有|暂无)[>\])"']?[.。!]?$|^["']?no (?:output|answer|response)["']?[.!]?$/;
// "None" can be the right answer to: 哪些, 是否, 有没有.
const asksWhether =
  /[哪何什]|有[^。]{0,12}[？?]|是否|有没有|有无|several|which of|are there any|is there any|if any/;
const onlyMarks = /^(?:[.…。_]{2,}|…|-+|—+|\?{2,}|\*+|~+)$/;
const asksForMarks =
  /punctuat|character|symbol|operator|sign\b|mark|morse|dash|complete|fill|blank|convert|translate|encode/;

export const nearEmptyAnswer: Check = {
  code: 'D101',
  name: 'near-empty-answer',
  severity: 'warning',
  group: 'content',
  title: 'The answer says that there is none, or holds marks only.',
  prose:
    'The whole answer is `N/A`, `None`, `null`, `...` or the like. Sometimes that is right (nothing in the text fits the question), often it is an empty cell of a table on its way into the dataset. The check skips a word that the prompt names as a possible answer.',
  hint: 'write the answer; if there is none, say so in a sentence',
  bad: [
    {
      text: '{"instruction":"Describe the weather on Mars.","input":"","output":"N/A"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Name the largest banana grower.","input":"","output":"nan"}',
      pointer: '/output',
    },
    { text: '{"instruction":"Describe the weather on Mars.","input":"","output":"..."}', pointer: '/output' },
  ],
  good: [
    '{"instruction":"两种病有哪些共同的病因？","input":"","output":"无"}',
    '{"instruction":"Which fruit is in this list? Answer none if there is none.","input":"iron, tin","output":"None"}',
    '{"instruction":"Is iron a metal?","input":"","output":"Yes"}',
    '{"instruction":"Which punctuation ends an unfinished sentence?","input":"","output":"..."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { lower, promptLower } = answer;
      if (lower.length > 20) continue;
      const found =
        (tokens.test(lower) &&
          !names(promptLower, lower.replace(/[^\p{L}/ ]/gu, '')) &&
          !asksWhether.test(promptLower)) ||
        (onlyMarks.test(lower) && !asksForMarks.test(promptLower));
      if (found) report(spotOf(answer), `The answer is only ${JSON.stringify(answer.text)}.`);
    }
  },
};

// Whether the prompt contains the word: "na" is not in "name". Chinese has no spaces between words.
function names(promptLower: string, word: string): boolean {
  if (!/^[a-z/ ]+$/.test(word)) return promptLower.includes(word);
  return new RegExp(`(?<![a-z])${word}(?![a-z])`).test(promptLower);
}
