import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

const says =
  /^(?:(?:(?:sure|yes|ok(?:ay)?|of course|certainly|absolutely|no problem|alright|great|got it|understood|done|sure thing|you're welcome|thank you|thanks|as requested|here (?:you go|it is|you are)|(?:i )?hope (?:this|that|it) helps|i (?:understand|see)|let me know(?: if [^.!?]{0,60})?|(?:i(?:'ll| will|'d| would) be )?happy to help|i can (?:help|do that)(?: you)?(?: with that)?|hello|hi)[.!, ]*)+|好的|没问题|当然(?:可以)?|可以|明白了|谢谢)[.!。！]*$/;
// The prompt must be a task: "OK" can be the right answer to "I am off now".
const task =
  /\?|[？呢]|[一-鿿].*(?:请|写|给我|列出|解释|描述|介绍|如何|怎么|什么|为何|哪|生成|创建|翻译|总结|告诉|推荐|帮)|^(?:please |now |then |and |can you |could you )?(?:write|give|list|explain|describe|create|tell|make|generate|summar|name|find|compare|compose|design|provide|suggest|how|what|why|which|who|where|when|show|outline|discuss|analy[sz]e|calculate|compute|solve|propose|develop|produce|draft|build|implement|define|identify|recommend)/;
// The answer is a part or another form of the given text, so any word can be right.
const formTask =
  /delet|remov|strip|replac|decod|decrypt|decipher|encod|unscrambl|rearrang|revers|fill|complet|correct|spell|output|print|return|answer (?:with|in|only)|only|one[- ]word|single|first|last|capital|letter|extract|convert|transform|predict|guess|choos|select|pick|label|categor|tag|detect|next|continu/;
const thanks =
  /\b(?:thanks?|thank you|bye|goodbye|great|perfect|ok(?:ay)?|hello|hi|hey|awesome|cool)\b|谢谢|再见|你好/;

export const lowInformation: Check = {
  code: 'D105',
  name: 'low-information',
  severity: 'note',
  group: 'content',
  title: 'The answer is a courtesy and nothing else.',
  prose:
    'The whole answer is "Sure!", "OK", "I hope this helps" or the like: the task was not done, and the model would learn to promise instead. The check does not report a courtesy that is the right answer: to another courtesy, to a remark that is not a task, or to a prompt that asks for a word or for a part of the given text. It is a note because on other data its few hits were mostly right answers (see measured.md); a dataset of single tasks may set it to `warning`.',
  hint: 'write what was asked for, or drop the row',
  bad: [
    {
      text: '{"instruction":"Write a poem about the sea.","input":"","output":"Sure! I hope this helps."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Is a whale a mammal?","input":"","output":"Yes"}',
    '{"instruction":"Remove every \'%\' from the text.","input":"H%e%l%lo","output":"Hello"}',
    '{"instruction":"I am going to bed early tonight.","input":"","output":"I see."}',
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
      if (!task.test(promptLower) || asksYesNo.test(promptLower) || formTask.test(promptLower)) continue;
      report(spotOf(answer), `The answer is only ${JSON.stringify(answer.text)}.`);
    }
  },
};

const asksYesNo =
  /吗[？?]?$|是不是|是否|能不能|可不可以|translat|rewrite|paraphras|greet|respond|reply|classif|word|phrase|say\b|^(?:can|could|is|are|do|does|did|will|would|should|has|have|may)\b/;
