import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

// The whole answer, lower case.
const placeholder =
  /^(?:[<[({]{1,2}\s*(?:no ?output|output|answer|response|your (?:answer|response|output)(?: here)?|insert [^\])}>]{1,40}|to ?do|tbd)\s*[\])}>]{1,2}|nooutput|to ?do|tbd|fixme|(?:your|insert|enter|put|write|type|add)(?: your| the| an?)? (?:answer|response|output|reply|text) here|(?:output|answer|response) goes here)[.…:!]*$/;
const filler = /^lorem ipsum dolor/;
const asksForFiller = /lorem|ipsum|placeholder|dummy|filler/;

export const placeholderAnswer: Check = {
  code: 'D100',
  name: 'placeholder-answer',
  severity: 'error',
  group: 'content',
  title: 'The answer is a placeholder.',
  prose:
    'The whole answer is a mark that stands for an answer: `<nooutput>`, `TODO`, `[your answer here]`, lorem ipsum. Somebody or some tool meant to fill it in later. A mark that the prompt itself names, such as a label, is not reported.',
  hint: 'write the answer, or drop the row with dataset.on_error: drop',
  bad: [
    {
      text: '{"instruction":"Describe the mood of this song.","input":"","output":"<nooutput>"}',
      pointer: '/output',
    },
    {
      text: '{"messages":[{"role":"user","content":"What is the capital of Peru?"},{"role":"assistant","content":"[Your answer here]"}]}',
      pointer: '/messages/1/content',
    },
  ],
  good: [
    '{"instruction":"Is this ticket TODO or DONE?","input":"Paint the door.","output":"TODO"}',
    '{"instruction":"Give me dummy text for a page layout.","input":"","output":"Lorem ipsum dolor sit amet, consectetur adipiscing elit."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { lower, promptLower } = answer;
      if (filler.test(lower)) {
        if (!asksForFiller.test(promptLower)) report(spotOf(answer), 'The answer is filler text.');
      } else if (lower.length <= 60 && placeholder.test(lower) && !promptLower.includes(bare(lower)))
        report(spotOf(answer), `The answer is the placeholder ${JSON.stringify(answer.text)}.`);
    }
  },
};

function bare(text: string): string {
  return text.replace(/[^\p{L}\p{N} ]/gu, '').trim();
}
