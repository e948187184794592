import { answersOf, spotOf } from '../../text/features.ts';
import type { Check } from '../check.ts';

// Tasks that change every text.
const changes =
  /\b(?:translat|summar|condens|shorten|abridg|paraphras|reword|rephras|rewrit|re-writ|simplif|passive|active voice|past tense|present tense|future tense|negat|opposite|antonym|synonym|expand|elaborat|lengthen|continu|explain|describ|comment on|respond|reply|answer the|analy[sz]e|critique|formal|informal|in your own words|other words|poem|rhym|übersetz|zusammenfass|umformulier|kürz|traduis|tradui[rs]|résum|reformul|traduc|resum|parafras|reescrib|reescrev|traduz|tradur|riassum|riscriv|перевед|перефраз|сократ)|翻译|翻譯|总结|概括|摘要|改写|缩写|扩写|续写|润色|换句话|解释|翻訳|要約|言い換え|書き換え|번역|요약|바꿔/;
// Tasks that leave a text unchanged if it has no faults or already has the form.
const mayStand =
  /correct|grammar|spell|typo|error|mistake|edit|proofread|punctuat|fix|check|if (?:necessary|needed|it|there|possible|not|any)|unchanged|as it is|repeat|copy|quote|extract|transcri|capital|\bcase\b|exclam|(?:as|into|to) (?:an? |the )?(?:\w+ )?(?:question|statement)|interrog|declarat|surpris|excite|emphasi|tone|format|spac|same (?:word|text)|改正|纠正|更正|错|原文|标点|格式/;

export const answerIsInput: Check = {
  code: 'D114',
  name: 'answer-is-input',
  severity: 'warning',
  group: 'content',
  title: 'The answer is the input, unchanged.',
  prose:
    'The answer equals the input to the letter, although the instruction asks for work that changes any text (translate, summarise, paraphrase, put into the passive voice …): nothing was done. The check skips instructions that a text may already meet (correct, format, repeat, sort, transcribe), and answers that differ from the input in a punctuation mark.',
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
    '{"instruction":"Rewrite the sentence so that it shows delight.","input":"The cat chased the mouse.","output":"The cat chased the mouse!"}',
    '{"instruction":"Write down what you hear.","input":"The cat chased the mouse.","output":"The cat chased the mouse."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const { input, text } = answer;
      if (input.length < 15 || Math.abs(input.length - text.length) > 4) continue;
      if (plain(input) !== plain(text)) continue;
      const asked = answer.instruction.toLowerCase();
      if (changes.test(asked) && !mayStand.test(asked))
        report(spotOf(answer), 'The answer is the input, unchanged.');
    }
  },
};

// Ignore quotes around a text and a full stop at its end; any other sign may be what was asked for.
function plain(text: string): string {
  return text.trim().replace(/^["'“]|[.。]?["'”]?$/g, '');
}
