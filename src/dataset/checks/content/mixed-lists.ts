import { has } from '../../text/char-flags.ts';
import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const item = /(?:^|\n)([ \t]*)([-*+•]|\d{1,3}[.)])[ \t]+(?=\S)/g;

export const mixedLists: Check = {
  code: 'D112',
  name: 'mixed-lists',
  severity: 'note',
  group: 'content',
  title: 'One list uses several markers.',
  prose:
    'Neighbouring items of a list begin with different marks: `-` and `*`, or `1.` and `2)`. The check skips lists inside lists, a list of bullets after a numbered one, and marks that the prompt has as well.',
  hint: 'use one marker',
  bad: [
    {
      text: '{"instruction":"Name three colours.","input":"","output":"- Red\\n* Green\\n- Blue"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Go on with the talk:\\n+ How are you?\\n- Well.","input":"","output":"+ How are you?\\n- Well.\\n+ Good!"}',
    '{"instruction":"Name three colours.","input":"","output":"- Red\\n- Green\\n- Blue"}',
    '{"instruction":"Plan a day.","input":"","output":"1. Morning\\n   - Run\\n   - Eat\\n2. Evening\\n   - Read"}',
    '{"instruction":"Name fruit and nuts.","input":"","output":"Fruit:\\n- Pear\\n- Plum\\n\\nNuts:\\n* Walnut\\n* Hazelnut"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      if ((answer.flags & has.newline) === 0) continue;
      if ((answer.flags & (has.dash | has.star | has.digit | has.symbol)) === 0) continue;
      const at = mixedAt(answer.text);
      // If the prompt also uses two marks, they distinguish speakers or sides.
      if (at >= 0 && mixedAt(answer.prompt) < 0)
        report(spotOf(answer, at), 'The list changes its marker here.');
    }
  },
};

// Compares items on consecutive lines with equal indentation, and only marks of one kind (bullets, or numbers).
function mixedAt(text: string): number {
  let before = { end: -1, indent: '', mark: '' };
  for (const { index, 0: all, 1: indent = '', 2: sign = '' } of text.matchAll(item)) {
    const mark = sign.length === 1 ? sign : `1${sign.at(-1)}`;
    const follows = before.end >= 0 && text.indexOf('\n', before.end) === index && before.indent === indent;
    if (follows && mark !== before.mark && mark.length === before.mark.length)
      return index + all.indexOf(sign);
    before = { end: index + all.length, indent, mark };
  }
  return -1;
}
