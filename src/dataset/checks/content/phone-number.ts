import { spotIn } from '../../text/features.ts';
import { numbersOf } from '../../text/private-numbers.ts';
import type { Check } from '../check.ts';

export const phoneNumber: Check = {
  code: 'D134',
  name: 'phone-number',
  severity: 'note',
  group: 'content',
  title: 'The text holds a phone number.',
  prose:
    'The text holds a phone number: North American, with a country code, or a Chinese mobile number. It may be a person’s. The check skips numbers kept for fiction (555), plain runs such as 123-456-7890, and numbers that the text calls an order, ticket, account or other number. lorch masks it in everything that it shows.',
  hint: 'replace it with a number kept for fiction, such as 212-555-0123',
  bad: [
    {
      text: '{"instruction":"How do I reach the shop?","input":"","output":"Call (415) 867-2093 before noon."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Order ID #789-456-1230 arrived damaged.","input":"","output":"I will look into order number 789-456-1230."}',
    '{"instruction":"How do I reach the shop?","input":"","output":"Call (212) 555-0123 before noon."}',
    '{"instruction":"Add 415 and 867.","input":"","output":"415 + 867 = 1282"}',
  ],
  run(example, report) {
    for (const { piece, found } of numbersOf(example)) {
      const mine = found.filter((each) => each.group === 'phone');
      const [first] = mine;
      if (first)
        report(spotIn(piece, first.from), `The text holds a phone number.`, {
          data: { kind: first.kind, count: mine.length },
        });
    }
  },
};
