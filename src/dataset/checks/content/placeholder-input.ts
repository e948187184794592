import type { Example } from '../../example.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

const certain =
  /^[<[(]?\s*no ?input(?: (?:required|needed|necessary|provided|given|available))?\s*[>\])]?\.?$|^[<[(]?(?:n\/a|not applicable)[>\])]?\.?$/i;
const likely = /^[<[(]?(?:none|null|nan|nil|empty|undefined)[>\])]?\.?$|^<na>$/i;
// What programs write for a missing cell. As an answer inside a conversation, "None" is an ordinary turn.
const missingCell = /^(?:None|null|NULL|nan|NaN|NaT|undefined|<NA>)$/;

export const placeholderInput: Check = {
  code: 'D102',
  name: 'placeholder-input',
  severity: 'warning',
  group: 'content',
  title: 'The input, or the whole prompt, is a placeholder.',
  prose:
    'The `input` of the row says that there is none: `<noinput>`, `No input`, `N/A`, `none`. It becomes part of the prompt as it is, and the model learns to expect it. Leave the input empty instead. A whole prompt that is `nan` or `None` is an empty cell of a table. The fix empties the field; it does not touch `none` and `null`, as they may be meant.',
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
    {
      text: '{"instruction":"Name three colours.","input":"null","output":"Red, green and blue."}',
      pointer: '/input',
    },
    { text: '{"prompt":"nan","completion":"Red, green and blue."}', pointer: '/prompt' },
  ],
  good: [
    '{"messages":[{"role":"user","content":"Book a table."},{"role":"assistant","content":"Any allergies?"},{"role":"user","content":"None"},{"role":"assistant","content":"It is booked."}]}',
    '{"instruction":"Name three colours.","input":"","output":"Red, green and blue."}',
    '{"instruction":"Is this Python value falsy?","input":"None","output":"Yes, None is falsy."}',
  ],
  run(example, report) {
    for (const piece of featuresOf(example).pieces) {
      const { text } = piece;
      if (isMissing(example.messages[piece.message]?.content) && piece.message === firstAsked(example))
        report(spotIn(piece, 0), `The prompt is the placeholder ${JSON.stringify(text.trim())}.`);
      if (!piece.isInput || text.length > 30) continue;
      const trimmed = text.trim();
      const sure = certain.test(trimmed);
      if (!sure && !(likely.test(trimmed) && !isValue(example.messages[piece.message]?.content, trimmed)))
        continue;
      report(spotIn(piece, 0), `The input is the placeholder ${JSON.stringify(trimmed)}.`, {
        ...(sure && { fix: { from: piece.offset, to: piece.offset + text.length, text: '' } }),
      });
    }
  },
};

// Whether the instruction is about such values. Looks only at the text before the input.
function isValue(prompt: unknown, input: string): boolean {
  if (typeof prompt !== 'string') return false;
  const at = prompt.lastIndexOf(input);
  return /python|value|type|null|java|code|variable|object|label|class/i.test(
    at < 0 ? prompt : prompt.slice(0, at),
  );
}

// The first message of a user, if no assistant message comes before it; -1 otherwise.
function firstAsked({ messages }: Example): number {
  const first = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer');
  return messages[first]?.role === 'user' ? first : -1;
}

function isMissing(prompt: unknown): boolean {
  return typeof prompt === 'string' && prompt.length <= 30 && missingCell.test(prompt.trim());
}
