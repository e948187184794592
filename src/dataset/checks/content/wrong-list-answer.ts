import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, looksLikeCode, spotOf } from '../../text/features.ts';
import { aggregates, onlyNumberList, writtenNumbers } from '../../text/number-list.ts';
import { sortedWords, wordList } from '../../text/word-list.ts';
import type { Check } from '../check.ts';

const words: Record<string, RegExp> = {
  mean: /\b(?:mean|average)\b/,
  median: /\bmedian\b/,
  sum: /\b(?:sum|total|add (?:up|together|the)|add(?: these| all)? numbers)\b/,
  product: /\bproduct\b/,
  largest: /\b(?:largest|biggest|maximum|greatest|highest)\b/,
  smallest: /\b(?:smallest|minimum|lowest|least)\b/,
  range: /\brange\b/,
};
const otherTask =
  /deviation|variance|weighted|geometric|harmonic|moving|second|third|even|odd|square|cube|absolute|prime|digit|differ|exclud|except|without|greater than|less than|more than|divisible|positive|negative|common|multiple|factor|divisor|consecutive|between|possible|subarray|subset|sequence|next|pattern|missing|each|pair|integer that|combin|rearrang|form|index|indices|elements|number of|position/;
const asksSort = /\b(?:sort|order|arrange|put|rank|organi[sz]e)\b/;
const up = 'smallest|least|lowest|small|low|min(?:imum)?';
const down = 'largest|greatest|highest|biggest|large|high|big|max(?:imum)?';
// "Non-decreasing" goes up.
const descending = new RegExp(
  `non-? ?(?:strictly )?(?:in|a)(?:creas|scend)|(?<!non-? ?|not )(?:descend|decreas)|\\b(?:${down})(?: \\w+)? (?:to|first)\\b|revers`,
);
const ascending = new RegExp(
  `non-? ?(?:strictly )?de(?:creas|scend)|(?<!non-? ?|not )(?:ascend|increas)|\\b(?:${up})(?: \\w+)? (?:to|first)\\b|numerical order`,
);

export const wrongListAnswer: Check = {
  code: 'D138',
  name: 'wrong-list-answer',
  severity: 'warning',
  group: 'content',
  title: 'The result for a list in the prompt is wrong.',
  prose:
    'The prompt gives one list of numbers and asks for its mean, median, sum, product, range, largest or smallest number, or to sort it; or a list of words to put into the order of the alphabet. lorch computed the right result, and the answer does not contain it. The check skips prompts that ask for anything more.',
  hint: 'correct the answer',
  bad: [
    {
      text: '{"instruction":"Find the median.","input":"3, 9, 4, 7, 5","output":"The median is 4."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Sort the numbers in ascending order.","input":"3, 9, 4, 7","output":"3, 4, 9, 7"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Sort the words alphabetically.","input":"pear, apple, plum, fig","output":"apple, pear, fig, plum"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Find the median.","input":"3, 9, 4, 7, 5","output":"The median is 5."}',
    '{"instruction":"Sort in non-decreasing order.","input":"7, 8, 4, 3","output":"3, 4, 7, 8"}',
    '{"instruction":"What is the mean of 1, 2 and 4?","input":"","output":"About 2.33."}',
    '{"instruction":"Sort the words alphabetically.","input":"pear, apple, plum, fig","output":"apple, fig, pear, plum"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { promptLower, promptFlags, instruction } = answer;
      if (answer.turn > 0 || promptLower.length > 300) continue;
      const hasNumbers = (answer.flags & promptFlags & has.digit) !== 0;
      if (!hasNumbers && !promptLower.includes('alphabet') && !promptLower.includes('a to z')) continue;
      const asked = instruction.toLowerCase();
      const expected = hasNumbers ? numberFault(answer, asked) : wordFault(answer, asked);
      if (expected !== null && !looksLikeCode(answer.text))
        report(spotOf(answer), `The answer does not contain the right result, ${expected}.`, {
          data: { expected },
        });
    }
  },
};

const anyWord =
  /mean|average|median|sum|total|add|product|largest|biggest|max|greatest|highest|smallest|min|lowest|least|range|sort|order|arrange|put|rank|organi/;

function numberFault(answer: Answer, asked: string): string | null {
  if (!anyWord.test(asked)) return null;
  const wanted = Object.keys(words).filter((name) => words[name]?.test(asked));
  const sorts = asksSort.test(asked);
  if (wanted.length + (sorts ? 1 : 0) !== 1) {
    // "Sort from the largest to the smallest" names both ends.
    if (!sorts || wanted.some((name) => name !== 'largest' && name !== 'smallest')) return null;
  }
  if (otherTask.test(asked) || /function|code|program|script|query|python|java|algorithm|method/.test(asked))
    return null;
  const list = onlyNumberList(answer.prompt);
  if (!list) return null;
  const numbers = writtenNumbers(answer.text.replaceAll('−', '-'));
  if (sorts) return sortFault(list, numbers.map(toNumber), asked);
  const value = aggregates[wanted[0] ?? '']?.(list) ?? Number.NaN;
  // A sign before a number may be a dash or a minus.
  if (numbers.some((each) => near(each, value) || near(each.replace('-', ''), value))) return null;
  if (/\d\s*\/\s*\d/.test(answer.text) && value % 1 !== 0) return null;
  return String(Number(value.toPrecision(8)));
}

function toNumber(written: string): number {
  return Number(written.replaceAll(',', ''));
}

// Rounded up or down to the digits that it shows.
function near(written: string, value: number): boolean {
  const decimals = written.includes('.') ? written.length - written.indexOf('.') - 1 : 0;
  return Math.abs(toNumber(written) - value) < (value % 1 === 0 ? 1e-9 : 10 ** -decimals);
}

function sortFault(list: readonly number[], numbers: readonly number[], asked: string): string | null {
  if (/even|odd|alphabet|date|then|by /.test(asked)) return null;
  const rising = list.toSorted((a, b) => a - b);
  const falling = rising.toReversed();
  const falls = descending.test(asked);
  // If the prompt names no order or both, both are right.
  const allowed = falls === ascending.test(asked) ? [rising, falling] : falls ? [falling] : [rising];
  const said = numbers.slice(-list.length);
  if (numbers.length < list.length - 1 || numbers.length > list.length * 2) return null;
  if (allowed.some((each) => contains(numbers, each))) return null;
  // The answer must be an attempt at the same list, not a text about it.
  const shared = said.filter((each) => list.includes(each)).length;
  return shared >= list.length - 1 ? (allowed[0] ?? []).join(', ') : null;
}

function contains(numbers: readonly number[], wanted: readonly number[]): boolean {
  for (let at = 0; at + wanted.length <= numbers.length; at += 1)
    if (wanted.every((each, i) => numbers[at + i] === each)) return true;
  // If numbers occur twice, listing each once is enough.
  const once = [...new Set(wanted)];
  return (
    once.length < wanted.length &&
    numbers.length === once.length &&
    once.every((each, i) => numbers[i] === each)
  );
}

function wordFault({ instruction, input, text }: Answer, asked: string): string | null {
  if (
    !asksSort.test(asked) ||
    !/alphabet|a to z/.test(asked) ||
    /reverse|z to a|descend|last name|surname|then|length/.test(asked)
  )
    return null;
  const list = wordList(input || (/[:：]\s*(.+)$/s.exec(instruction)?.[1] ?? ''));
  const said = list && wordList(text);
  if (!list || !said || list.length < 3) return null;
  const right = sortedWords(list);
  // The same words in another order.
  if (said.length !== right.length || sortedWords(said).some((each, i) => each !== right[i])) return null;
  return said.every((each, i) => each === right[i]) ? null : right.join(', ');
}
