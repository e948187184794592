import { answersOf, spotOf } from '../text/features.ts';
import type { Check } from './check.ts';

const says =
  /^(?:(?:(?:sure|yes|ok(?:ay)?|of course|certainly|absolutely|no problem|alright|great|got it|understood|done|sure thing|you're welcome|thank you|thanks|as requested|here (?:you go|it is|you are)|(?:i )?hope (?:this|that|it) helps|i (?:understand|see)|let me know(?: if [^.!?]{0,60})?|(?:i(?:'ll| will|'d| would) be )?happy to help|i can (?:help|do that)(?: you)?(?: with that)?|hello|hi)[.!, ]*)+|好的|没问题|当然(?:可以)?|可以|明白了|谢谢)[.!。！]*$/;
const thanks =
  /\b(?:thanks?|thank you|bye|goodbye|great|perfect|ok(?:ay)?|hello|hi|hey|awesome|cool)\b|谢谢|再见|你好/;

export const lowInformation: Check = {
  code: 'D105',
  name: 'low-information',
  severity: 'warning',
  group: 'content',
  title: 'The answer is a courtesy and nothing else.',
  prose:
    'The whole answer is "Sure!", "OK", "I hope this helps" or the like: the task was not done, and the model would learn to promise instead. A short label is fine, and so is a courtesy that answers one; where the prompt names the very word, nothing is said.',
  hint: 'write what was asked for, or drop the row',
  bad: [
    {
      text: '{"instruction":"Write a poem about the sea.","input":"","output":"Sure! I hope this helps."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Is a whale a mammal?","input":"","output":"Yes"}',
    '{"messages":[{"role":"user","content":"How old is the oak?"},{"role":"assistant","content":"About 200 years."},{"role":"user","content":"Thanks, that helps!"},{"role":"assistant","content":"You\'re welcome!"}]}',
  ],
  thresholds: { prompt_words: { default: 4, doc: 'words of a prompt that deserves more' } },
  run(example, report, { prompt_words: words = 4 }) {
    for (const answer of answersOf(example)) {
      const { lower, promptLower } = answer;
      if (lower.length > 80 || lower === 'yes' || lower === 'yes.' || !says.test(lower)) continue;
      if (
        answer.prompt === '' ||
        thanks.test(promptLower) ||
        promptLower.includes(lower.replace(/[.!。！]+$/, ''))
      )
        continue;
      if (/[a-z]/.test(promptLower) && answer.prompt.trim().split(/\s+/, words).length < words) continue;
      if (asksYesNo.test(promptLower)) continue;
      report(spotOf(answer), `The answer is only ${JSON.stringify(answer.text)}.`);
    }
  },
};

const asksYesNo =
  /translat|rewrite|paraphras|greet|respond|reply|classif|word|phrase|say\b|^(?:can|could|is|are|do|does|did|will|would|should|has|have|may)\b/;
