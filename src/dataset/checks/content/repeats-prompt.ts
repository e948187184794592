import { type Answer, answersOf, spotOf } from '../../text/features.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

export const repeatsPrompt: Check = {
  code: 'D113',
  name: 'repeats-prompt',
  severity: 'warning',
  group: 'content',
  title: 'The answer begins with the prompt.',
  prose:
    'The answer repeats the instruction word for word before anything else: the export put the prompt into both fields, or the model that wrote it echoed. The trained model would echo too. The check skips prompts of few words, and prompts whose text is to be continued.',
  hint: 'cut the prompt from the answer',
  thresholds: {
    min_chars: { default: 25, doc: 'length of an instruction, in characters, from which repeating counts' },
  },
  bad: [
    {
      text: '{"instruction":"Explain how a tide comes about.","input":"","output":"Explain how a tide comes about.\\nThe moon pulls the water."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"A star that does not move across the sky is called","input":"","output":"A star that does not move across the sky is called \\"the pole star\\"."}',
    '{"instruction":"Explain how a tide comes about.","input":"","output":"A tide comes about as the moon pulls the water."}',
    '{"instruction":"Continue: Once upon a time there was a fox.","input":"","output":"Once upon a time there was a fox. It was hungry."}',
  ],
  run(example, report, { min_chars: least = 25 }) {
    for (const answer of answersOf(example)) {
      // Compare the first letter first, ignoring case.
      const { lower, promptLower, instruction } = answer;
      if (unitAt(lower, 0) !== unitAt(promptLower, 0) || instruction.length < least) continue;
      const asked = instruction
        .trim()
        .toLowerCase()
        .replace(/[.:?!。？：\s]+$/, '');
      if (asked.length < least || !lower.startsWith(asked)) continue;
      // The prompt is a topic or the start of a sentence that the answer continues on the same line.
      if (!/[.:?!。？：]\s*$/.test(instruction) && /^ ?[^\s.:?!。？：]/.test(lower.slice(asked.length)))
        continue;
      if (!isSentenceToUse(answer, asked)) report(spotOf(answer), 'The answer begins with the instruction.');
    }
  },
};

const uses =
  /rewrite|edit|correct|fix|complete|continue|paraphras|translate|improve|sentence|following|finish|fill|given/;

// If the prompt itself is the text to work on, the answer may repeat it.
function isSentenceToUse({ input, promptLower }: Answer, asked: string): boolean {
  return input === '' && (uses.test(promptLower) || /_{2,}|\.{3}$/.test(asked));
}
