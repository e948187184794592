import { has } from '../../text/char-flags.ts';
import { featuresOf, spotIn } from '../../text/features.ts';
import type { Check } from '../check.ts';

const names = ['think', 'thinking', 'thought', 'reasoning', 'scratchpad'];

export const thinkTag: Check = {
  code: 'D256',
  name: 'think-tag',
  severity: 'warning',
  group: 'content',
  title: 'A block of reasoning is not closed, or not opened.',
  prose:
    'An assistant message has `<think>` without `</think>`, or the other way round (also `<thinking>`, `<thought>`, `<reasoning>`). Templates and servers cut the reasoning off at these marks: if one is missing, they take the answer for reasoning or the reasoning for the answer. If the template of a model writes `<think>` itself, data made by that model mostly lacks the opening mark.',
  hint: 'add the missing mark, or put the reasoning into reasoning_content',
  bad: [
    {
      text: '{"instruction":"What is two and two?","input":"","output":"<think>\\nLet me see.\\nIt is four."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"What is two and three?","input":"","output":"Let me see.</think>\\nIt is five."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"What is two and two?","input":"","output":"<think>\\nLet me see.\\n</think>\\nIt is four."}',
    '{"instruction":"What does the mark </think> do?","input":"","output":"</think> ends the reasoning."}',
  ],
  run(example, report) {
    const { pieces, flags } = featuresOf(example);
    if ((flags & has.less) === 0) return;
    let asked = '';
    for (const piece of pieces) {
      const { text, role, message } = piece;
      if (role !== 'assistant') {
        asked = text;
        continue;
      }
      if ((piece.flags & has.less) === 0 || example.messages[message]?.train === false) continue;
      for (const name of names) {
        if (!text.includes(`${name}>`) || asked.includes(`${name}>`)) continue;
        const open = countOf(text, `<${name}>`);
        const close = countOf(text, `</${name}>`);
        if (open === close) continue;
        const mark = open > close ? `<${name}>` : `</${name}>`;
        report(
          spotIn(piece, text.indexOf(mark)),
          open > close ? `${mark} is not closed.` : `${mark} closes what was not opened.`,
        );
      }
    }
  },
};

function countOf(text: string, mark: string): number {
  let count = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) count += 1;
  return count;
}
