// Whether an answer contains a word of its prompt. Such an answer is about this prompt and fits no other.
import { textOf } from '../content.ts';
import type { Example } from '../example.ts';
import { answersOf } from '../text/features.ts';
import { createGrams, type Grams, mayStartAt, noteGrams } from '../text/grams.ts';
import { unitAt } from '../text/unit-at.ts';

const head = 200;
const shortest = 4;
// Words about a task, not about its subject.
const taskWords = new Set(
  'about above answer answers asked asking below cannot could each either every false following from give given have here information input instruction into least like make more most must need needed only other over please prompt provide provided question questions request response sentence should some statement such task text than that them then there these they this those true using very want were what when where which while with word would write your'.split(
    ' ',
  ),
);

// "Who are you?" is asked in many ways and has one answer.
const asksWho =
  /\b(?:are|were|did|do|can|may|shall|should) (?:you|i call you)\b|\b(?:made|created|built|trained|developed|designed|called|about|is) you\b|\byour (?:name|creator|maker|developer|identity)|你|您|\bdu\b|vous|usted|você|あなた|당신/;
// A fast first test: every way to ask contains one of these.
const mayAskWho = /you|[你您]|\bdu\b|vous|usted|você|あなた|당신/;
const saysWho =
  /^(?:(?:hello|hi|yes|no|well|nice to meet you)[,.!]? )*(?:i am|i'm|i was|i go by|my name|you can call me|call me)\b|我是|我叫|我的名字|ich (?:bin|heiße)|je (?:suis|m'appelle)|soy|me llamo|sou|私は|저는/;

/** Looks at the first 200 characters of the answer, and at the last user message. */
export function takesUpPrompt(example: Example, answer: string): boolean {
  const asked = example.messages.findLast(({ role }) => role === 'user');
  const prompt = asked ? textOf(asked.content) : null;
  if (!prompt) return false;
  const known = answersOf(example).at(-1);
  if (known?.prompt === prompt) return isAbout(answer, known.promptLower, known.promptGrams);
  const lower = prompt.toLowerCase();
  noteGrams(own, lower);
  return isAbout(answer, lower, own);
}

const own = createGrams();

function isAbout(answer: string, lower: string, grams: Grams): boolean {
  return sharesWord(answer, lower.slice(0, 4_000), grams) || isWho(answer, lower.slice(0, head));
}

// 1 for a unit of a word: ASCII letters and digits, and all from À on but punctuation and symbols.
const parts = new Uint8Array(0x10000).fill(1, 0xc0).fill(0, 0x2000, 0x3040).fill(0, 0xff00, 0xff66);
parts.fill(1, 48, 58).fill(1, 65, 91).fill(1, 97, 123);

function sharesWord(answer: string, lower: string, grams: Grams): boolean {
  const end = Math.min(answer.length, head);
  let from = -1;
  for (let at = 0; at <= end; at += 1) {
    const unit = at < end ? unitAt(answer, at) : 32;
    if (parts[unit] === 1) {
      if (from < 0) from = at;
      continue;
    }
    if (from >= 0 && (at - from >= shortest || isWide(unitAt(answer, from)))) {
      if (mayStartAt(grams, answer, from) && isTakenUp(lower, answer.slice(from, at).toLowerCase()))
        return true;
    }
    from = -1;
  }
  return false;
}

function isWho(answer: string, asked: string): boolean {
  return mayAskWho.test(asked) && saysWho.test(answer.slice(0, 100).toLowerCase()) && asksWho.test(asked);
}

function isTakenUp(prompt: string, word: string): boolean {
  if (!isWide(unitAt(word, 0))) return !taskWords.has(word) && prompt.includes(word);
  // Text without spaces: any four characters in a row.
  for (let at = 0; at + shortest <= word.length; at += 1)
    if (prompt.includes(word.slice(at, at + shortest))) return true;
  return false;
}

function isWide(unit: number): boolean {
  return unit >= 0x3040 && unit < 0xa000;
}
