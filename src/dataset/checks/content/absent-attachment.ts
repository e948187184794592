import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import type { Check } from '../check.ts';
import { mediaFieldOf } from '../structure/unsupported-part.ts';

const thing =
  '(?:image|picture|photo(?:graph)?|screenshot|graph|chart|diagram|figure|video|audio|drawing|painting|illustration|map)s?';
const refers = new RegExp(
  `\\b(?:(?:in|from|of|at|see|using|on|with|about) (?:the|this|these|that) (?:attached |following |above |given |provided )?${thing}(?: below| above| attached| shown| provided)?(?=[.,?:!]|$| (?:below|above|attached|shown|provided|and|to))|(?:this|these) ${thing}\\b|(?:the )?(?:following|attached|above|provided|given) ${thing}\\b|${thing} (?:below|above|attached|is attached|shown below|provided)|(?:see|in|open|read|review) (?:the |my )?attach(?:ed|ment)\\b|attached (?:file|document|pdf|spreadsheet|image|photo|picture|resume|letter)|(?:i(?:'ve| have)?|we(?:'ve| have)?) (?:attached|uploaded)\\b)|(?:(?<!以)[下上]图(?![案形])|图中|如图|(?:见|看|查看|打开|阅读|根据|参考|在|从|的)附件|附件(?:中|里|是|为|内)|这张(?:图|照片))`,
);
// A fast first test.
const mayRefer = anyOf(
  ...['image', 'picture', 'photo', 'graph', 'chart', 'diagram', 'figure', 'screenshot', 'video', 'audio'],
  ...['attach', 'uploaded', 'drawing', 'painting', 'illustration', 'map'],
);
const makes =
  /^(?:write|create|generate|design|draw|make|build|develop|imagine|compose|suggest|come up|how|what is an?|explain how|think of|brainstorm|propose)\b|\bpictur(?:e|es) of dorian|code|html|css|python|<img/;

export const absentAttachment: Check = {
  code: 'D117',
  name: 'absent-attachment',
  severity: 'warning',
  group: 'content',
  title: 'The prompt speaks of a picture or file that is not there.',
  prose:
    'The prompt says "in the image below", "the attached file", "this graph", and the row holds neither a picture nor text that could replace it. The answer can only be invented, and the model learns to invent.',
  hint: 'put the content into the prompt as text, or drop the row',
  bad: [
    {
      text: '{"instruction":"Describe what you see in the image below.","input":"","output":"A dog runs over a meadow."}',
      pointer: '/instruction',
    },
    {
      text: '{"messages":[{"role":"user","content":"I have attached my letter. What do you think of it?"},{"role":"assistant","content":"It reads well."}]}',
      pointer: '/messages/0/content',
    },
  ],
  good: [
    '{"instruction":"Create a caption for a photo of a dog.","input":"","output":"Good boy."}',
    '{"instruction":"Describe the trend in this chart.","input":"January: 20 units, February: 30 units, March: 45 units","output":"It rises from month to month."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { promptLower, promptGrams, promptFlags } = answer;
      if (promptLower.length > 2_000) continue;
      if (!mayRefer(promptGrams) && (promptFlags & has.eastAsian) === 0) continue;
      const found = refers.exec(promptLower);
      if (!found || makes.test(promptLower) || stands(answer)) continue;
      // D040 already reports a picture beside the text.
      if (hasOtherParts(example.messages) || mediaFieldOf(example) !== null) continue;
      const message = answer.list
        ? undefined
        : example.messages.findLastIndex((each, i) => i < answer.message && each.role === 'user');
      report(
        message === undefined || message < 0
          ? spotOf(answer)
          : { message, field: 'content', inside: found.index },
        `The prompt speaks of ${JSON.stringify(found[0])}, which is not there.`,
      );
    }
  },
};

// Whether the text itself is given: an input that is more than a name or an address, or lines after the question.
function stands({ input, instruction, turn }: Answer): boolean {
  if (turn > 0) return true;
  if (input !== '') return !/^\S+$/.test(input.trim()) && input.trim().length >= 25;
  return instruction.includes('\n') || instruction.length > 150;
}

function hasOtherParts(messages: readonly { content: unknown }[]): boolean {
  return messages.some(
    ({ content }) =>
      Array.isArray(content) && content.some((part: { type?: unknown }) => part.type !== 'text'),
  );
}
