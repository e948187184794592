import { has } from '../../text/char-flags.ts';
import { answersOf, looksLikeCode, spotOf } from '../../text/features.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const least = 20;
const widestGap = 12;

export const answerTwice: Check = {
  code: 'D260',
  name: 'answer-twice',
  severity: 'warning',
  group: 'content',
  title: 'The answer is written twice.',
  prose:
    'The answer is one text and the same text again: it was joined with itself, or copied twice. The model learns to say everything twice.',
  hint: 'remove the second copy',
  bad: [
    {
      text: '{"instruction":"What is rain?","input":"","output":"Rain is water that falls from clouds in drops.\\n\\nRain is water that falls from clouds in drops."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"What is rain?","input":"","output":"Rain is water that falls from clouds in drops.\\n\\n---\\n\\nRain is water that falls from clouds in drops."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Say it twice: the sea is wide and blue.","input":"","output":"The sea is wide and blue. The sea is wide and blue."}',
    '{"instruction":"Cheer.","input":"","output":"Go team! Go team!"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { text } = answer;
      if (text.length < 2 * least) continue;
      const second = secondCopy(text);
      if (second === 0) continue;
      // Encoded data has no words.
      if (!/\s/.test(text) && (answer.flags & has.eastAsian) === 0) continue;
      if (
        !looksLikeCode(text) &&
        !/twice|repeat|again|two times|chant|loop|song|lyric|poem|refrain|chorus|cheer|mantra|prayer/.test(
          answer.promptLower,
        )
      )
        report(spotOf(answer, second), 'The answer repeats itself whole.');
    }
  },
};

// White space, or a line of dashes or the like.
function isGap(between: string): boolean {
  return between.length <= 4
    ? /^\s*(?:[-*_=]{3,4})?\s*$/.test(between)
    : /^\s+[-*_=#~]{3,}\s+$/.test(between);
}

// Where the second copy starts; 0 if the text is not a half, a little white space, and the same half again.
function secondCopy(text: string): number {
  for (let gap = 0; gap <= widestGap; gap += 1) {
    if ((text.length - gap) % 2 !== 0) continue;
    const half = (text.length - gap) / 2;
    // Compare the first unit first, because it nearly always differs.
    if (half < least || unitAt(text, 0) !== unitAt(text, half + gap)) continue;
    if (isGap(text.slice(half, half + gap)) && text.slice(0, half) === text.slice(half + gap))
      return half + gap;
  }
  return 0;
}
