import { answersOf, spotOf } from '../text/features.ts';
import type { Check } from './check.ts';

const nothingToDo =
  /correct|grammar|spell|error|mistake|edit|sort|order|arrange|proofread|punctuat|fix|check|identify|if (?:necessary|needed)|classif|choose|pick|select|find|which|repeat|copy|quote|extract|match|upper ?case|lower ?case|capital|case\b|insert|add|organi[sz]e|query|construct|format|remove/;

export const answerIsInput: Check = {
  code: 'D114',
  name: 'answer-is-input',
  severity: 'warning',
  group: 'content',
  title: 'The answer is the input, unchanged.',
  prose:
    'The answer equals the input but for outer punctuation, though the instruction asks for work on it (rewrite, summarise, translate …): nothing was done. Instructions that a faultless input answers (correct, sort, find) are let be.',
  hint: 'write the answer, or drop the row',
  bad: [
    {
      text: '{"instruction":"Rewrite the sentence in the passive voice.","input":"The cat chased the mouse.","output":"The cat chased the mouse."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Correct the grammar.","input":"The cat chased the mouse.","output":"The cat chased the mouse."}',
    '{"instruction":"Rewrite the sentence in the passive voice.","input":"The cat chased the mouse.","output":"The mouse was chased by the cat."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { input, text } = answer;
      if (input.length < 15 || Math.abs(input.length - text.length) > 4) continue;
      if (plain(input) !== plain(text) || nothingToDo.test(answer.instruction.toLowerCase())) continue;
      report(spotOf(answer), 'The answer is the input, unchanged.');
    }
  },
};

function plain(text: string): string {
  return text.trim().replace(/^["'“]|["'”.!?。]+$/g, '');
}
