import { has } from '../../text/char-flags.ts';
import { type Answer, answersOf, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import { wrongLength } from '../../text/wrong-length.ts';
import type { Check } from '../check.ts';

const oneWord =
  /\b(?:in|with|using)(?: only| just| exactly)? (?:one|a single|1) word\b(?! or)|\b(?:one|single)[- ]word (?:answer|reply|response)\b|\b(?:one|a single) word only\b|\b(?:answer|reply|respond|return|output|give|say|write)\b[^.?!\n]{0,30}\b(?:only|just|exactly) (?:one|a single|1) word\b(?! or)/;
// Only what the assistant is told, not "each guard can only answer yes or no".
const yesOrNo =
  /(?<!\b(?:can|will|must|may|could|would|who|always|to|guards?|they|he|she) (?:only |just )?)\b(?:answer|reply|respond) (?:the (?:following )?question )?(?:only |just |simply )?(?:with |in )?(?:only |just )?(?:a )?(?:simple )?['"“]?yes['"”]?(?:,? or |\/)['"“]?no\b/;
const onlyYesOrNo = /\b(?:only|just|simply)\b[^.?!:\n]{0,30}\byes\b|\byes or no\b[^.?!\n]{0,12}\bonly\b/;
const letter =
  /\b(?:answer|reply|respond|output|give|write|return)\b[^.?!\n]{0,30}\b(?:only|just) (?:with )?(?:the|a|one) (?:single |option |correct )?letter\b/;
const mostWords =
  /\b(?:at most|no more than|not more than|fewer than|less than|under|within|a maximum of|maximum of|max\.?|up to|limit(?:ed)? to) (\d{1,4}) words\b/;
const closedList =
  /\b(?:one of|choose (?:only )?(?:from|between)|select (?:one )?(?:of|from)|(?:categories|labels|classes|options)(?: are)?)(?: the following)?(?: [a-z]+){0,3}: ?([^\n.?;:]{5,200})/;
// The limit must apply to the requested answer, not to something that the prompt talks about.
const talksAbout =
  /\bpart #?\d|\bexamples?:|\busage:|\bhow many words\b|\bis (?:less|fewer|more) than\b|\bwhether\b|\bsentences? with\b/;

export const ignoredFormat: Check = {
  code: 'D250',
  name: 'ignored-format',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D139' },
  title: 'The answer is not in the form that the prompt asks for.',
  prose:
    'The prompt says what form the answer has (one word, one sentence, one paragraph, a number alone, yes or no, only the letter, at most so many words or characters, one of a list), and the answer has another form. Such rows teach the model to ignore the form. A limit of words may be exceeded by a tenth, because people count words in different ways. An answer of one word may have up to three, because of names.',
  hint: 'answer in the form that the prompt asks for, or change the prompt',
  bad: [
    {
      text: '{"instruction":"Answer in one word: what is the capital of France?","input":"","output":"The capital of France is Paris, on the Seine."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Answer with yes or no: is glass a liquid?","input":"","output":"Many people have thought about this for a long time."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Classify the mood as one of: calm, angry, sad.","input":"I slept well.","output":"Cheerful"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Describe the sea in one sentence.","input":"","output":"The sea is wide. It is blue and cold. Ships cross it every day."}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"How many legs has a spider? Answer with a single number.","input":"","output":"Spiders are no insects, and like all arachnids they have more legs."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"Describe the sea in one sentence.","input":"","output":"The sea at St. Ives is blue, as Dr. A. Moor wrote."}',
    '{"instruction":"How many legs has a spider? Answer with a single number.","input":"","output":"8"}',
    '{"instruction":"Answer in one word: what is the capital of France?","input":"","output":"Paris"}',
    '{"instruction":"Answer with yes or no: is glass a liquid?","input":"","output":"No, it is a solid without a crystal lattice."}',
    '{"instruction":"Describe the sea in at most 10 words.","input":"","output":"The sea is wide, blue, cold and never quite still today."}',
    '{"instruction":"Classify the mood as one of: calm, angry, sad.","input":"I slept well.","output":"Calm"}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const wrong = wrongForm(answer) ?? wrongLength(answer);
      if (wrong) report(spotOf(answer), wrong);
    }
  },
};

// Fast first tests: every form contains one of these.
const saysWord = anyOf('word');
const saysYes = anyOf('yes');
const saysLetter = anyOf('letter');
const mayList = anyOf('one of', 'choose', 'select', 'categories', 'labels', 'classes', 'options');

function wrongForm({ lower, promptLower, promptGrams, promptFlags }: Answer): string | null {
  const ofWords = saysWord(promptGrams);
  if (ofWords && oneWord.test(promptLower) && countWords(lower) > 3)
    return `The answer has ${countWords(lower)} words; the prompt asks for one.`;
  if (saysYes(promptGrams) && yesOrNo.test(promptLower)) {
    if (!/\b(?:yes|no|not|yeah|nope|cannot|can't|depends)\b/.test(lower.slice(0, 200)))
      return 'The answer says neither yes nor no, as the prompt asks.';
    if (onlyYesOrNo.test(promptLower) && countWords(lower) > 3)
      return `The answer has ${countWords(lower)} words; the prompt asks for yes or no only.`;
  }
  if (saysLetter(promptGrams) && letter.test(promptLower) && !/^\W*[a-z]\W*$/.test(lower))
    return 'The answer is more than the letter that the prompt asks for.';
  const limit = ofWords ? Number(mostWords.exec(promptLower)?.[1] ?? 0) : 0;
  if (limit > 0 && countWords(lower) > limit * 1.1 && !talksAbout.test(promptLower))
    return `The answer has ${countWords(lower)} words; the prompt asks for at most ${limit}.`;
  return (promptFlags & has.colon) !== 0 && mayList(promptGrams) ? outsideList(lower, promptLower) : null;
}

function outsideList(lower: string, promptLower: string): string | null {
  const listed = closedList.exec(promptLower)?.[1];
  // An answer may name an option by its number.
  if (
    listed === undefined ||
    lower.length > 40 ||
    lower.includes('\n') ||
    /^\W*(?:\d+|[a-z])\W*$/.test(lower)
  )
    return null;
  const options = listed
    .split(/,|\/|\bor\b|\band\b|\|/)
    .map((option) => option.replace(/[^\p{L}\p{N} -]/gu, '').trim())
    .filter((option) => option !== '');
  const plain =
    options.length >= 2 && options.length <= 12 && options.every((option) => countWords(option) <= 3);
  if (
    !plain ||
    options.some((option) => lower.includes(option) || option.includes(lower.replace(/\W+$/, '')))
  )
    return null;
  return `The answer is not one of the ${options.length} options that the prompt names.`;
}

function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,-]*/gu)?.length ?? 0;
}
