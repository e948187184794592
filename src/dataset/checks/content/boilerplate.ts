import { has } from '../../text/char-flags.ts';
import { answersOf, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const opener =
  /^(?:(?:certainly|sure(?: thing)?|of course|absolutely|definitely|no problem|great question|good question|that's a (?:great|good) question)\s?[!.,:;—-]+\s|as (?:requested|per your (?:request|instructions?))\b|(?:i'd be|i would be|i'm|i am) (?:happy|glad) to (?:help|assist)\b|thank you for (?:your question|asking|reaching out)\b|here(?:'s| is| are) (?:the|a|an|your) [^.:!?\n]{0,60}(?:you (?:requested|asked for)|as requested)|当然(?:可以)?[！，,。!]|好的[！，,。!])/;
const closer =
  /(?:let me know if (?:you|there)|(?:i )?hope (?:this|that|it) helps|is there anything else (?:i can|you)|feel free to (?:ask|let me know)|(?:don't|do not) hesitate to ask|if you have any (?:other|further|more|additional) questions|anything else (?:i can help|you need)|希望(?:这|以上|对你|能)[^。！]{0,20}帮助|如果您?你?还?有(?:任何|其他)[^。！]{0,20}问题)[^.!?。！？\n]{0,100}[.!?。！？]*$/;
const isLetter = /\b(?:letter|e-?mail|message|dialog(?:ue)?|conversation|script|customer|reply|respond)/;
const closerRoom = 160;
// Text that must be beside the phrase; a phrase alone is D105.
const leastBeside = 20;

export const boilerplate: Check = {
  code: 'D106',
  name: 'boilerplate',
  severity: 'note',
  group: 'content',
  title: 'The answer opens or closes with a phrase that says nothing.',
  prose:
    'Openers such as "Certainly!" and closers such as "Let me know if you need anything else" cost tokens and become a habit of the model. Decide for the whole dataset whether you want this style.',
  hint: 'cut the phrase, or accept the style for all rows',
  bad: [
    {
      text: '{"instruction":"Name the largest planet.","input":"","output":"Certainly! The largest planet is Jupiter."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Name the largest planet.","input":"","output":"The largest planet is Jupiter. Let me know if you need anything else!"}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Name the largest planet.","input":"","output":"Jupiter, of course."}',
    '{"instruction":"Write an e-mail to a customer.","input":"","output":"Dear Ms Roe, your order is on its way. Let me know if you need anything else."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { lower, grams, flags } = answer;
      if (lower.length < 12 + leastBeside) continue;
      const opens = heads.has(lower.slice(0, 2)) && opener.test(lower.slice(0, 120));
      if (opens) {
        report(spotOf(answer), 'The answer opens with a phrase that says nothing.', {
          data: { where: 'start' },
        });
        return;
      }
      if (!endsSentence(unitAt(lower, lower.length - 1))) continue;
      if (!mayClose(grams) && (flags & has.eastAsian) === 0) continue;
      const from = Math.max(0, lower.length - closerRoom);
      const tail = from > 0 ? lower.slice(from) : lower;
      const found = closer.exec(tail);
      if (found && from + found.index >= leastBeside && !isLetter.test(answer.promptLower))
        report(spotOf(answer, from + found.index), 'The answer closes with a phrase that says nothing.', {
          data: { where: 'end' },
        });
    }
  },
};

// Beginnings of the openers.
const heads = new Set([
  ...['ce', 'su', 'of', 'ab', 'de', 'no', 'gr', 'go', 'th', 'as', "i'", 'i ', 'he', '当然', '好的'],
]);

// . ! ? and their East Asian forms.
function endsSentence(code: number): boolean {
  return code === 46 || code === 33 || code === 63 || code >= 0x3002;
}

// A fast first test: each closer contains one of these, or is East Asian.
const mayClose = anyOf('let me know', ' helps', 'anything else', 'feel free', 'to ask', 'if you have any');
