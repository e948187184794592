import { spotIn } from '../text/features.ts';
import { numbersOf } from '../text/private-numbers.ts';
import type { Check } from './check.ts';

export const paymentNumber: Check = {
  code: 'D135',
  name: 'payment-number',
  severity: 'warning',
  group: 'content',
  title: 'The text holds a card, account or social security number.',
  prose:
    'A number stands in the text whose check digits are those of a payment card (Luhn) or a bank account (IBAN, modulo 97), or that is written as a United States social security number. It is masked in everything that lorch shows. The test numbers that payment services publish are let be.',
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
    '{"instruction":"Which card is on file?","input":"","output":"It is 4111 1111 1111 1111."}',
    '{"instruction":"Name a long number.","input":"","output":"1234567890123456"}',
  ],
  run(example, report) {
    for (const { piece, found } of numbersOf(example)) {
      const mine = found.filter((each) => each.group === 'payment');
      const [first] = mine;
      if (first)
        report(spotIn(piece, first.from), `The text holds a ${first.kind}.`, {
          data: { kind: first.kind, count: mine.length },
        });
    }
  },
};
