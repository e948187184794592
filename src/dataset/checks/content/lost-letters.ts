import { featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Three or more words of question marks, one of them with at least three marks.
const words = /(?:^|[\s"'(])(?=[? ]*\?{3})\?+(?: \?+){2,}/;

export const lostLetters: Check = {
  code: 'D258',
  name: 'lost-letters',
  severity: 'error',
  group: 'content',
  title: 'Question marks are in the place of letters.',
  prose:
    'Words of question marks (`?? ????? ????`) are left over from text in another script that was saved in an encoding without its letters. The text is lost here; the source may still have it.',
  hint: 'export the text again as UTF-8, or drop the row',
  bad: [
    {
      text: '{"instruction":"Say it in Hindi.","input":"","output":"?? ????? ???? ???? ????? ??"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Is it late?","input":"","output":"What??? No, it is not."}',
    '{"instruction":"Complete the name of the river: R ? ? ? e","input":"","output":"Rhine"}',
  ],
  run(example, report) {
    for (const piece of featuresOf(example).pieces) {
      if (!piece.text.includes('???')) continue;
      const found = words.exec(piece.text);
      if (found) report(spotIn(piece, found.index), 'Question marks are in the place of letters.');
    }
  },
};
