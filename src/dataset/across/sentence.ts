// Plain one-line sentences: answers whose punctuation and capitals can be compared.
import { unitAt } from '../text/unit-at.ts';

const longest = 300;
// Signs of code, sums, tables, hashtags, addresses, and of `key: value`.
const notProse = new Uint8Array(128);
for (const sign of '\n\r{}<>=;_`|\\#@/:+*^~') notProse[sign.charCodeAt(0)] = 1;

/**
 * Whether a text is one line of prose: at least four words, at most 300 UTF-16 units. Comma-separated lists, titles in
 * capitals, numbered choices, code and `key: value` do not count, because they begin and end differently for good reasons.
 */
export function isSentence(text: string): boolean {
  if (text !== lastText) {
    lastText = text;
    lastResult = look(text);
  }
  return lastResult;
}

// Cached, because three checks ask about the same answer one after another.
let lastText = '';
let lastResult = false;

function look(text: string): boolean {
  if (text.length > longest || text.length < 8) return false;
  const second = unitAt(text, 1);
  // `1. …`, `A) …`
  if (second === 41 || second === 46) return false;
  let spaces = 0;
  let wide = 0;
  let commas = 0;
  let capitals = 0;
  let before = 32;
  const { length } = text;
  for (let i = 0; i < length; i += 1) {
    const unit = unitAt(text, i);
    if (unit < 128 && notProse[unit] === 1) return false;
    // A dash between spaces introduces a second part: an author, a subtitle.
    if (unit === 45 && before === 32 && unitAt(text, i + 1) === 32) return false;
    if (unit === 32) spaces += 1;
    // Han, kana and hangul: a few characters make a sentence, without spaces between them.
    else if (unit >= 0x2e80) wide += 1;
    else if (unit === 44) commas += 1;
    else if (before === 32 && unit >= 65 && unit <= 90) capitals += 1;
    before = unit;
  }
  const words = spaces + 1 + wide / 2;
  return words >= 4 && commas * 4 <= words && capitals * 2 <= words;
}
