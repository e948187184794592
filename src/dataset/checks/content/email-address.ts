import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import { findEmails } from '../../text/private-data.ts';
import type { Check } from '../check.ts';

export const emailAddress: Check = {
  code: 'D133',
  name: 'email-address',
  severity: 'note',
  group: 'content',
  title: 'The text holds an e-mail address.',
  prose:
    'The text has an e-mail address that does not belong to an example domain. It may be a person’s: models repeat what they were trained on. It is masked in everything that lorch shows.',
  hint: 'replace it with one of example.com, if it is a person’s',
  bad: [
    {
      text: '{"instruction":"Whom do I ask?","input":"","output":"Write to r.keller@riverbank-books.net."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Whom do I ask?","input":"","output":"Write to jane.roe@example.com."}',
    '{"instruction":"How do I call a decorator?","input":"","output":"With @app.route, before the function."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.at) === 0) return;
    for (const piece of pieces) {
      if ((piece.flags & has.at) === 0) continue;
      const found = findEmails(piece.text);
      const [first] = found;
      if (first)
        report(spotIn(piece, first.from), `The text holds an e-mail address.`, {
          data: { kind: first.kind, count: found.length },
        });
    }
  },
};
