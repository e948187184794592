import { featuresOf, spotIn } from '../text/features.ts';
import type { Check } from './check.ts';

const certain =
  /^[<[(]?\s*no ?input(?: (?:required|needed|necessary|provided|given|available))?\s*[>\])]?\.?$|^[<[(]?(?:n\/a|not applicable)[>\])]?\.?$/i;
const likely = /^[<[(]?(?:none|null|nan|nil|empty|undefined)[>\])]?\.?$/i;

export const placeholderInput: Check = {
  code: 'D102',
  name: 'placeholder-input',
  severity: 'warning',
  group: 'content',
  title: 'The input is a placeholder.',
  prose:
    'The `input` of the row says that there is none: `<noinput>`, `No input`, `N/A`, `none`. It becomes part of the prompt as it stands, and the model learns to expect it. An empty input is the way to say the same. The fix empties the field; `none` and `null` are left to a person, as they may be meant.',
  hint: 'leave the input empty',
  bad: [
    {
      text: '{"instruction":"Name three colours.","input":"<noinput>","output":"Red, green and blue."}',
      pointer: '/input',
    },
    {
      text: '{"instruction":"Name three colours.","input":"None","output":"Red, green and blue."}',
      pointer: '/input',
    },
  ],
  good: [
    '{"instruction":"Name three colours.","input":"","output":"Red, green and blue."}',
    '{"instruction":"Is this Python value falsy?","input":"None","output":"Yes, None is falsy."}',
  ],
  run(example, report) {
    for (const piece of featuresOf(example).pieces) {
      const { text } = piece;
      if (!piece.isInput || text.length > 30) continue;
      const trimmed = text.trim();
      const sure = certain.test(trimmed);
      if (!sure && !(likely.test(trimmed) && !isValue(example.messages[piece.message]?.content))) continue;
      report(spotIn(piece, 0), `The input is the placeholder ${JSON.stringify(trimmed)}.`, {
        ...(sure && { fix: { from: piece.offset, to: piece.offset + text.length, text: '' } }),
      });
    }
  },
};

// Whether the instruction is about such values.
function isValue(prompt: unknown): boolean {
  return (
    typeof prompt === 'string' && /python|value|type|null|java|code|variable|object|label|class/i.test(prompt)
  );
}
