import type { Example } from '../../example.ts';
import { answersOf, asksForCode, looksLikeCode, type Piece, spotIn } from '../../text/features.ts';
import { numbersOf } from '../../text/private-numbers.ts';
import type { Check } from '../check.ts';

export const ipAddress: Check = {
  code: 'D136',
  name: 'ip-address',
  severity: 'note',
  group: 'content',
  title: 'The text holds a public IP address.',
  prose:
    'The text has an IPv4 address that is neither private nor reserved for documentation. It may belong to a person or to a real server. It is masked in everything that lorch shows.',
  hint: 'replace it with one of 192.0.2.0/24',
  bad: [
    {
      text: '{"instruction":"Who logged in?","input":"","output":"Somebody from 81.23.145.67 did."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name a private address.","input":"","output":"192.168.1.10 is one, 192.0.2.17 is for documents."}',
    '{"instruction":"Which version is it?","input":"","output":"It is version 12.4.10.33."}',
  ],
  run(example, report) {
    for (const { piece, found } of numbersOf(example)) {
      const mine = found.filter((each) => each.group === 'ip');
      const [first] = mine;
      if (first && !isExample(example, piece))
        report(spotIn(piece, first.from), `The text holds an IP address.`, {
          data: { kind: first.kind, count: mine.length },
        });
    }
  },
};

// In code, and for prompts about code or such addresses, any address may be an example.
function isExample(example: Example, { text, message, list }: Piece): boolean {
  const asked = answersOf(example).find((answer) => answer.list === list && answer.message >= message);
  const prompt = asked?.promptLower ?? '';
  return asksForCode(prompt) || /\bip(?:v4)?\b|subnet|regex|pattern/.test(prompt) || looksLikeCode(text);
}
