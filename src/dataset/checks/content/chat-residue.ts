import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import type { Check } from '../check.ts';

const residue =
  /(?:^|\n)[ \t]*(?:Regenerate response|Copy code|Share Prompt|Continue generating|Stop generating)[ \t]*(?=\n|$)|(?:^|\n)Copy\nEdit\n|ChatGPT can make mistakes|【\d+[:†][^】]{0,40}】|:?contentReference\[oaicite|\[oaicite:|cite(?:turn\d+(?:search|view|news)\d+)+|\[\^\d+\^\]/;

export const chatResidue: Check = {
  code: 'D255',
  name: 'chat-residue',
  severity: 'warning',
  group: 'content',
  title: 'The answer was copied with parts of a chat page.',
  prose:
    'The answer holds the text of a button (`Regenerate response`, `Copy code`) or citation marks (`【4†source】`, `[oaicite:0]`, `[^1^]`) that a chat page put there. The model learns to write them.',
  hint: 'remove these parts from the answer',
  bad: [
    {
      text: '{"instruction":"Select two.","input":"","output":"sql\\nCopy\\nEdit\\nSELECT 2;"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Tell me about rain.","input":"","output":"Rain is water that falls from clouds.\\n\\nRegenerate response"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Who wrote it?","input":"","output":"It was written by Ann Lee【4†source】."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name two buttons.","input":"","output":"Copy and Edit"}',
    '{"instruction":"What does the button do?","input":"","output":"It lets you copy code."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { text } = answer;
      if (!mayHold(answer)) continue;
      const found = residue.exec(text);
      if (found && !answer.prompt.includes(found[0].trim()))
        report(
          spotOf(answer, found.index),
          `The answer holds ${JSON.stringify(found[0].trim())} from a chat page.`,
        );
    }
  },
};

// A fast first test.
const maySay = anyOf(
  ...['regenerate response', 'copy code', 'share prompt', 'continue generating', 'stop generating'],
  ...['copy\nedit', 'chatgpt can make mistakes', '[oaicite', 'citeturn'],
);

function mayHold({ text, grams, flags }: Answer): boolean {
  return (
    maySay(grams) ||
    ((flags & has.eastAsian) !== 0 && text.includes('【')) ||
    ((flags & has.bracket) !== 0 && text.includes('[^'))
  );
}
