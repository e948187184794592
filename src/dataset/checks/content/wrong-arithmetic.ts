import { compute, findWrongEquation, says } from '../../text/arithmetic.ts';
import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, asksForCode, looksLikeCode, spotOf } from '../../text/features.ts';
import { writtenNumbers } from '../../text/number-list.ts';
import type { Check, Report } from '../check.ts';

const asks =
  /(?:calculate|compute|evaluate|solve|simplify|what is|what's|find the (?:result|value|answer|sum|product|difference|quotient)|work out|how much is|add|multiply|subtract|divide)/;
const question =
  /^(?:please )?(?:calculate|compute|evaluate|solve|work out|what is|what's|how much is)(?: the (?:result|value|answer|sum|product|equation|expression|following)(?: of| to)?)?[: ]*([-\d.,+*/x×÷−–^() ]+?)(?:\s*=)?\s*[?.=]*$/;
const otherRules =
  /binary|hex|base \d|\bmod|puzzle|pattern|riddle|incorrect|wrong|mistake|error|false|true|round|nearest|estimat|approximat|expand|factor|derivative|limit|integral|log|roman|fraction|remainder|decimal|set\b|vector|matrix|if \d+ ?[+*x] ?\d+ ?=/;

export const wrongArithmetic: Check = {
  code: 'D137',
  name: 'wrong-arithmetic',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D138' },
  title: 'A calculation in the answer is wrong.',
  prose:
    'An equation of plain numbers in the answer (`12 * 7 = 74`) is false, or the prompt asks for an expression of plain numbers and its value is not among the numbers of the answer. Rounded values are accepted; if an operand is a decimal number or something is divided, they may differ by one in a hundred. An en dash between numbers is a minus. The check skips variables, percentages, units, remainders, other bases, ranges (`1-100`), fractions that lost their brackets (`9*8/2*1`) and code.',
  hint: 'correct the number',
  bad: [
    {
      text: '{"instruction":"A crate holds 12 jars. How many jars are in 7 crates?","input":"","output":"7 crates hold 12 * 7 = 74 jars."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"What is 15 + 28?","input":"","output":"The answer is 44."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"A crate holds 12 jars. How many jars are in 7 crates?","input":"","output":"7 crates hold 12 * 7 = 84 jars."}',
    '{"instruction":"Share 10 litres among 3.","input":"","output":"Each gets 10 / 3 = 3.33 litres, and 20% of 50 = 10."}',
    '{"instruction":"The mean of five is 46, of four of them 45. What is the fifth?","input":"","output":"5 * 46 – 4 * 45 = 50"}',
    '{"instruction":"Play the counting game.","input":"1-100","output":"One, 2, fizz."}',
    '{"instruction":"What share is it?","input":"","output":"1/3 = 33.3 %"}',
    '{"instruction":"Solve for x.","input":"2x + 3 * 4 = 20","output":"2x + 3 * 4 = 20, so x = 4."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & has.digit) === 0) continue;
      if ((answer.flags & has.equals) !== 0) checkEquations(answer, report);
      checkQuestion(answer, report);
    }
  },
};

function checkEquations(answer: Answer, report: Report): void {
  const found = findWrongEquation(answer.text);
  if (!found || otherRules.test(answer.promptLower) || looksLikeCode(answer.text)) return;
  const expected = round(found.expected);
  report(spotOf(answer, found.at), `${found.shown.trim()} is wrong: the result is ${expected}.`, {
    data: { expected },
  });
}

const sign = /\d\s*[-+*/x×÷−–^)]\s*[\d(]/;
// `1-100` is a range, and `50/50` and `9-11` are names, unless the prompt asks to compute, or there are spaces or more signs.
const rangeOrName = /^\s*\(?\d+\s?[-–/]\s?\d+\)?\s*$/;
const asksToCompute = /calculate|compute|evaluate|subtract|difference|divide|quotient|minus|work out/;

function checkQuestion(answer: Answer, report: Report): void {
  const { instruction, input, promptLower, turn } = answer;
  if (turn > 0 || promptLower.length > 200 || !sign.test(promptLower)) return;
  const asked = instruction.toLowerCase();
  const expression =
    input === ''
      ? question.exec(asked.trim())?.[1]
      : asks.test(asked) && !/\d/.test(asked)
        ? input
        : undefined;
  if (expression === undefined || otherRules.test(promptLower) || asksForCode(promptLower)) return;
  if (rangeOrName.test(expression) && !/ [-–/] /.test(expression) && !asksToCompute.test(asked)) return;
  const computed = sign.test(expression) ? compute(expression.replace(/\s*=?\s*\??\s*$/, '')) : null;
  if (!computed) return;
  const numbers = writtenNumbers(answer.text.replace(/[−–]/g, '-'));
  if (
    numbers.length === 0 ||
    numbers.some((each) => says(each, computed) || says(each.replace(/^-/, ''), computed))
  )
    return;
  // A fraction, or a mixed number.
  if (/\d\s*\/\s*\d|\\frac|[½¼¾⅓⅔]|\be\d|\^/.test(answer.text)) return;
  const expected = round(computed.value);
  report(
    spotOf(answer),
    `The answer to ${JSON.stringify(expression.trim())} is ${expected}, which the answer does not give.`,
    {
      data: { expected },
    },
  );
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}
