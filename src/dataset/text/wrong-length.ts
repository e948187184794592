// Lengths that a prompt asks for in units other than words: sentences, paragraphs, characters, a number.
import type { Answer } from './features.ts';
import { anyOf } from './grams.ts';

// A fast first test.
const saysUnit = anyOf('sentence', 'paragraph', 'number', 'integer', 'character');

const count = '(one|a single|1|two|2|three|3)';
const limit = '(?:only |just |exactly |at most |no more than |not more than |maximum |max\\.? )*';
const sentences = new RegExp(
  `\\b(?:in|into|with|using|as) ${limit}${count}(?: (?:short|brief|concise|simple|single|complete|clear))?(?: sentences?\\b(?! (?:or|and|each|per|that|with|to|long|structure))|[- ]sentence (?:answer|summary|reply|response|description|explanation|definition))`,
);
const oneParagraph =
  /\b(?:in|into|with|as) (?:only |just |exactly |at most )*(?:one|a single|1)(?: (?:short|brief|concise))? paragraph\b(?! (?:or|and|each|per))|\b(?:one|single)[- ]paragraph (?:answer|summary|reply|response|description|explanation|essay|story)/;
const onlyNumber =
  /\b(?:answer|reply|respond|output|write|return|print)\b(?: the (?:question|following|result))?(?: only| just)? (?:with |as |using )(?:only |just )?(?:a|one|the) (?:single |final |whole )?(?:number|integer)\b(?: only| alone)?(?=[.,:;!]|\n|$)|\b(?:answer|reply|respond|output|write|return|print|give)\b[^.?!\n]{0,25}\b(?:only|just) (?:with )?(?:a|one|the) (?:single |final |whole )?(?:number|integer)\b(?! of)(?=[.,:;!]|\n|$)/;
const mostCharacters =
  /\b(?:at most|no more than|not more than|fewer than|less than|under|within|a maximum of|maximum of|max\.?|up to|limit(?:ed)? to) (\d{2,4}) characters\b/;
// The prompt asks for more than one thing, or speaks of such a text.
const severalThings =
  /\b(?:each|every|per|both|respectively|followed by|examples?|two|several|list|how many|number of|whether|password|given|merge|split)\b|\bthen\b/;
const numerals =
  /\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|none)\b/;

/** What is wrong with the length of an answer, by what its prompt asks for; null if nothing is. */
export function wrongLength(answer: Answer): string | null {
  const { promptLower, promptGrams, text } = answer;
  if (!saysUnit(promptGrams)) return null;
  if (promptLower.includes('sentence')) {
    const found = sentences.exec(promptLower);
    const asked = found ? numberOf(found[1]) : 0;
    if (found && !severalThings.test(promptLower.replace(found[0], ''))) {
      const written = countSentences(text);
      if (written > asked)
        return `The answer has ${written} sentences; the prompt asks for ${asked === 1 ? 'one' : asked}.`;
    }
  }
  if (
    promptLower.includes('paragraph') &&
    oneParagraph.test(promptLower) &&
    !severalThings.test(promptLower)
  ) {
    const written = text.split(/\n\s*\n/).filter((each) => each.trim().length >= 80).length;
    if (written > 1) return `The answer has ${written} paragraphs; the prompt asks for one.`;
  }
  if (onlyNumber.test(promptLower) && (text.length > 60 || !numerals.test(answer.lower)))
    return 'The answer is not the number alone that the prompt asks for.';
  const most = promptLower.includes('character') ? Number(mostCharacters.exec(promptLower)?.[1] ?? 0) : 0;
  if (most > 0 && text.length > most * 1.1 && !severalThings.test(promptLower))
    return `The answer has ${text.length} characters; the prompt asks for at most ${most}.`;
  return null;
}

function numberOf(word = ''): number {
  return word === 'two' || word === '2' ? 2 : word === 'three' || word === '3' ? 3 : 1;
}

// A full stop ends a sentence if the next word has a capital, and the word before it is none of the usual abbreviations.
const ends = /(\S*[\p{L}\p{N}%)])[.?!]["”’)]*\s+(?=["“‘(]?\p{Lu})/gu;
const abbreviation =
  /^["“(]?(?:\p{L}|[\p{L}]\.[\p{L}.]*|mrs?|ms|dr|prof|st|jr|sr|vs|etc|inc|ltd|co|no|fig|vol|al|approx|dept|gen|gov|sen|rev|mt|e\.g|i\.e|cf|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|[\d#*-]+)$/iu;

function countSentences(text: string): number {
  let sentences = 1;
  for (const [, word = ''] of text.matchAll(ends)) if (!abbreviation.test(word)) sentences += 1;
  return sentences;
}
