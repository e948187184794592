import { type Answer, answersOf, asksForCode, looksLikeCode, spotOf } from '../../text/features.ts';
import { unitAt } from '../../text/unit-at.ts';
import type { Check } from '../check.ts';

const openWord =
  /[a-z,;:)"'] (?:and|or|but|the|a|an|because|whose|their|its|your|such as|as well as|including|although)$/;
// A number after "and" or a comma ends a list of numbers.
const bareMarker = /(?<!,|\band|\bor)[ \t]*\n[ \t]*(?:\d{1,3}[.)]|[-*•])$/;
const asksForPart =
  /complete|fill|blank|missing|next word|continue|first (?:line|sentence|part)|opening|prefix|preposition|conjunction|stop ?words|lyrics|poem|fragment|salutation|greeting|list of words/;

export const cutOff: Check = {
  code: 'D122',
  name: 'cut-off',
  severity: 'warning',
  group: 'content',
  saidBy: { code: 'D123' },
  title: 'The answer stops in the middle.',
  prose:
    'The answer ends with a comma, a colon that announces more, a list number without its item, a bracket left open, or a word such as "the" or "and". Generated answers that hit a length limit look like this, and a model trained on them stops in the middle too. The check skips code, labels, verse, and prompts that ask for a part.',
  hint: 'complete the answer, or drop the row',
  thresholds: { min_words: { default: 6, doc: 'words of an answer from which its end is judged' } },
  bad: [
    {
      text: '{"instruction":"How does a tide come about?","input":"","output":"The moon pulls the water of the sea, and the"}',
      pointer: '/output',
    },
    {
      text: '{"instruction":"Name things to pack for a walk.","input":"","output":"You may want these things:\\n1. Water\\n2. A map\\n3."}',
      pointer: '/output',
    },
  ],
  good: [
    '{"instruction":"How does a tide come about?","input":"","output":"The moon pulls the water of the sea"}',
    '{"instruction":"Fill in the blank.","input":"The cat sat ___ mat.","output":"The cat sat on the mat, next to the"}',
    '{"instruction":"Which label fits?","input":"A film with fights.","output":"action"}',
  ],
  run(example, report, { min_words: least = 6 }) {
    for (const answer of answersOf(example)) {
      const why = whyCut(answer);
      if (why === null || !isLong(answer.text, least)) continue;
      if (
        asksForPart.test(answer.promptLower) ||
        asksForCode(answer.promptLower) ||
        looksLikeCode(answer.text)
      )
        continue;
      report(spotOf(answer, answer.text.length - 1), `The answer ${why}.`);
    }
  },
};

function whyCut({ text, lower }: Answer): string | null {
  const end = unitAt(text, text.length - 1);
  // , ，、
  if (end === 44 || end === 0xff0c || end === 0x3001) return isClosing(text) ? null : 'ends with a comma';
  if ((end === 58 || end === 0xff1a) && !/\n[^\n]{0,40}$/.test(text)) return 'ends with a colon';
  // . ) - * •
  if (
    (end === 46 || end === 41 || end === 45 || end === 42 || end === 0x2022) &&
    bareMarker.test(text.slice(-20))
  )
    return 'ends with a list marker and no item';
  if (end === 45 && /[a-z\d] ?-$/.test(text) && !/(?:^|\s)-\d+-$/.test(text)) return 'ends with a hyphen';
  if (isLowerLetter(end)) {
    if (openWord.test(lower.slice(-14))) return 'ends with a word that announces more';
    if (isBracketOpen(text)) return 'ends inside a bracket';
    if (text.length >= longAnswer && isMidSentence(text)) return 'ends in the middle of a sentence';
  }
  return null;
}

// A letter may end with "Yours," on a separate line; after a result, a comma is a typing mistake.
function isClosing(text: string): boolean {
  if (text.includes('=', text.length - 60)) return true;
  return text.length - text.lastIndexOf('\n') <= 40 && text.includes('\n');
}

function isLowerLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

// Only long answers run into a length limit; short answers often have no final full stop.
const longAnswer = 1_000;
const hanging =
  / (?:of|to|with|by|for|in|from|at|on|into|is|are|was|were|that|which|this|these|has|have|will|can|be|not|more|as|through|between|within|during)$/;

// The last line is prose, not a list item, and its last word needs another word after it.
function isMidSentence(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return hanging.test(text.slice(-10)) && line.length >= 80 && !/^\s*(?:[-*•]|\d+[.)])/.test(line);
}

// The last bracket of the last line is open, followed by words, and never closed.
function isBracketOpen(text: string): boolean {
  const open = text.lastIndexOf('(');
  if (open < 0 || text.indexOf(')', open) >= 0 || text.length - open > 200 || open < text.lastIndexOf('\n'))
    return false;
  return /\w/.test(text.charAt(open + 1)) && !/[:;]$/.test(text.slice(0, open));
}

// Whether the text has at least this many words, without splitting all of it.
function isLong(text: string, words: number): boolean {
  if (/[\u3040-\u9fff]/.test(text.slice(-3))) return text.length >= words * 2;
  let count = 1;
  for (let at = text.indexOf(' '); at >= 0 && count < words; at = text.indexOf(' ', at + 1)) count += 1;
  return count >= words;
}
