import { has } from '../../text/char-flags.ts';
import { countItems, countSentences, numberSource, readNumber } from '../../text/counts.ts';
import { type Answer, answersOf, looksLikeCode, spotOf } from '../../text/features.ts';
import { anyOf } from '../../text/grams.ts';
import type { Check } from '../check.ts';

const list = new RegExp(
  `\\b(?:list|name|give|provide|generate|write|suggest|create|identify|come up with|find|think of|mention|outline|brainstorm|state|propose|describe|compile)(?: me| us| out| down)?(?: a list (?:of|with)| the| some| any)?(?: top| best| main| different| unique)? (${numberSource}) (?!(?:words?|sentences?|paragraphs?|lines?|characters?|letters?|digits?|minutes?|hours?|days?|weeks?|months?|years?|people|stanzas?|verses?|syllables?|pages?|or|to|and|dollars?|items? list|column|row|percent|dimension|variable|number|times|more|other|new|additional|extra|word)\\b)([a-z]+)`,
);
const sentences = new RegExp(
  `(?<!combine |two |these |of )\\b(?:in|using|write|down to|generate|create|compose|provide|give)\\s+(?:exactly |only |just )?(${numberSource}) (?:short |simple |complete |full )?sentences?\\b(?! (?:or|to))`,
);
const sentencesLong = new RegExp(
  `\\b(${numberSource})[- ]sentence (?:\\w+ )?(?:story|paragraph|description|summary|explanation|overview|review|biography)`,
);
const loose =
  /at least|up to|about|approximately|around|no more than|at most|maximum|minimum|or more|or fewer|or less|fewer than|less than|more than|under|between|\d ?[-–] ?\d|or two|or three|or four|or five|few|\d to |one to |two to |three to |combin|following list|given/;
const compound =
  /\band (?:explain|describe|give|provide|write|list|include|then|one|two|three|four|five|\d)|\bfor each|each (?:of|with)|categor|table|pros and cons|both|advantages and|compare|paragraph|essay|story|quiz|dialogue|conversation|poem|haiku/;

export const wrongCount: Check = {
  code: 'D139',
  name: 'wrong-count',
  severity: 'warning',
  group: 'content',
  title: 'The answer has more or fewer items than asked for.',
  prose:
    'The prompt asks for a number of things ("list five …") or of sentences, and the answer, which can be counted in one way only (a numbered list, bullets, lines, short items with commas, plain sentences), has another number. The check skips prompts with "at least", "about" or two tasks.',
  hint: 'give as many as were asked for, or change the prompt',
  bad: [
    {
      text: '{"instruction":"List five colours.","input":"","output":"1. Red\\n2. Green\\n3. Blue\\n4. Black"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Describe the sea in two sentences.","input":"","output":"The sea is wide. It is blue. It is deep."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"List five colours.","input":"","output":"Red, green, blue, black and white."}',
    '{"instruction":"List at least three colours.","input":"","output":"1. Red\\n2. Green\\n3. Blue\\n4. Black"}',
    '{"instruction":"Describe the sea in two sentences.","input":"","output":"The sea, e.g. the North Sea, is wide. It is blue."}',
    '{"instruction":"Explain in two sentences what x and y are.","input":"","output":"Three is given to x and four to y. Both are numbers."}',
  ],
  run(example, report) {
    for (const answer of answersOf(example)) {
      const found = find(answer);
      if (found)
        report(
          spotOf(answer),
          `The answer has ${found.count} ${found.of}; the prompt asks for ${found.wanted}.`,
          {
            data: { expected: found.wanted, count: found.count },
          },
        );
    }
  },
};

const numberWord = /t(?:wo|hree|en|welve|wenty)|f(?:our|ive)|s(?:ix|even)|eight|nine/;
const saysSentence = anyOf('sentence');

function find(answer: Answer): { count: number; wanted: number; of: string } | null {
  const { instruction, text, promptFlags, promptLower, promptGrams } = answer;
  if (instruction.length > 300) return null;
  if ((promptFlags & has.digit) === 0 && !numberWord.test(promptLower)) return null;
  const asked = instruction.toLowerCase();
  const items = list.exec(asked);
  const prose =
    items || !saysSentence(promptGrams) ? null : (sentences.exec(asked) ?? sentencesLong.exec(asked));
  const wanted = readNumber((items ?? prose)?.[1] ?? '');
  if (!(wanted >= 2) || loose.test(asked) || (items && compound.test(asked))) return null;
  const count = items ? countItems(text) : countSentences(text);
  if (count === null || count === wanted || looksLikeCode(text)) return null;
  return { count, wanted, of: items ? 'items' : 'sentences' };
}
