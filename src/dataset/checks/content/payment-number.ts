import type { Example } from '../../example.ts';
import { answersOf, type Piece, spotIn } from '../../text/features.ts';
import { numbersOf } from '../../text/private-numbers.ts';
import type { Check } from '../check.ts';

export const paymentNumber: Check = {
  code: 'D135',
  name: 'payment-number',
  severity: 'warning',
  group: 'content',
  title: 'The text holds a card, account or social security number.',
  prose:
    'The text holds a number whose check digits are those of a payment card (Luhn) or a bank account (IBAN, modulo 97), or that is written as a United States social security number. lorch masks it in everything that it shows. The check skips the test numbers that payment services publish, cards with five different digits or fewer, and numbers that the text calls a test number or an example.',
  hint: 'replace it with a published test number',
  bad: [
    {
      text: '{"instruction":"Which card is on file?","input":"","output":"It is 4539 1488 0343 6467."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Pay to DE44500105175407324931.","input":"","output":"Paid."}',
      pointer: '/instruction',
    },
  ],
  good: [
    '{"instruction":"Write code that charges a test card.","input":"","output":"card = \\"4444333322221111\\""}',
    '{"instruction":"Write code that charges a test card.","input":"","output":"card = \\"4539148803436467\\""}',
    '{"instruction":"Which card is on file?","input":"","output":"It is 4111 1111 1111 1111."}',
    '{"instruction":"Name a long number.","input":"","output":"1234567890123456"}',
  ],
  run(example, report) {
    for (const { piece, found } of numbersOf(example)) {
      const mine = found.filter((each) => each.group === 'payment');
      const [first] = mine;
      if (first && isForTests(example, piece, first.from)) continue;
      if (first)
        report(spotIn(piece, first.from), `The text holds a ${first.kind}.`, {
          data: { kind: first.kind, count: mine.length },
        });
    }
  },
};

const forTests =
  /\b(?:test|testing|fake|dummy|sample|example|mock|sandbox|made[- ]up|fictional|fictitious|placeholder|invalid|random)\b[- ](?:\w+[- ]){0,3}(?:cards?|numbers?|payments?|data|accounts?|ibans?|ssns?)\b|\b(?:cards?|numbers?|payments?|ibans?|ssns?)\b (?:\w+ ){0,3}(?:for|in) (?:tests?|testing|the sandbox)\b|测试(?:用)?(?:的)?(?:卡|号)|示例|テスト/;

// The prompt asks for an example number, or the words before it say that it is one.
function isForTests(example: Example, { text, message, list }: Piece, from: number): boolean {
  const asked = answersOf(example).find((answer) => answer.list === list && answer.message >= message);
  return (
    forTests.test(asked?.promptLower ?? '') ||
    forTests.test(text.slice(Math.max(0, from - 80), from).toLowerCase())
  );
}
