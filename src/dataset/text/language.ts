// Guesses the language of Latin text by its most frequent words, only if the result is clear.
import { unitAt } from './unit-at.ts';

export type Language = 'English' | 'German' | 'French' | 'Spanish' | 'Italian' | 'Portuguese' | 'Dutch';

// Frequent short words; those that several of these languages share stand under each, and so decide nothing.
const words: Record<Language, string> = {
  English:
    'the and of to in is that it for was with as are this be on you by from have or an not can they at which has will your their a as do no so me i he she we my his her one all out up about what when if how there than more plus its two',
  German:
    'der die das und ist nicht ein eine den von zu mit auf für im des sich auch dem wird sind als es ich wie oder einer bei aus nach werden kann',
  French:
    'le la les des et est une un dans que qui pour pas sur avec plus par au ce il sont du cette vous nous être ou aux leur en de',
  Spanish:
    'el la los las de que y en un una por con para es del se no su más como al lo pero sus son está este también muy puede',
  Italian:
    'il la di che e un una per con non è del della le dei in da si come più gli al sono anche nel alla questo i lo',
  Portuguese:
    'o a os as de que e em um uma para com não por do da no na se mais como dos das ao são é também pode seu sua você',
  Dutch:
    'de het een en van is dat niet met voor op zijn te in aan er ook door om als bij naar maar worden kan dit deze wordt of',
};
const languages = Object.keys(words) as Language[];
const bits = new Map<string, number>();
for (const [i, language] of languages.entries())
  for (const word of words[language].split(' ')) bits.set(word, (bits.get(word) ?? 0) | (1 << i));
const masks = [...bits.values()];
const hashes = Int32Array.from(bits.keys(), hashOf);

// An open table from a word's hash to its number plus one. A word is told by its hash of 32 bits and its length.
const slots = new Uint16Array(4096);
const lengths = Uint8Array.from(bits.keys(), (word) => word.length);
for (const [i, hash] of hashes.entries()) {
  let slot = slotOf(hash);
  while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
  slots[slot] = i + 1;
}

function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at += 1) hash = addLetter(hash, unitAt(word, at));
  return hash;
}

function addLetter(hash: number, code: number): number {
  return (Math.imul(hash, 0x01000193) + code) | 0;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 12)) & (slots.length - 1);
}

// 1 for what a word consists of: a to z, the apostrophe, and accented Latin letters.
const letters = new Uint8Array(0x10000).fill(1, 97, 123).fill(1, 39, 40).fill(1, 0xdf, 0x250);

const budget = 600;
const leastWords = 12;
const longestWord = 6;
const hits = new Int32Array(languages.length);
// The use in which each listed word was last seen.
const seen = new Uint32Array(masks.length);
let use = 0;

/** The language of lower-case text; null if it is too short, or two languages are close. */
export function guessLanguage(lower: string): Language | null {
  if (lower.length < 50) return null;
  hits.fill(0);
  use += 1;
  let all = 0;
  let length = 0;
  let hash = 0;
  const end = Math.min(lower.length, budget);
  for (let at = 0; at <= end; at += 1) {
    const code = at < end ? unitAt(lower, at) : 32;
    if (letters[code] === 1) {
      length += 1;
      hash = addLetter(hash, code);
      continue;
    }
    if (length === 0) continue;
    all += 1;
    if (length <= longestWord) countWord(length, hash);
    length = 0;
    hash = 0;
  }
  return all < leastWords ? null : decide(all);
}

// Each word once: one that comes often decides nothing.
function countWord(length: number, hash: number): void {
  let slot = slotOf(hash);
  let number = -1;
  for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
    number = (slots[slot] as number) - 1;
    if (hashes[number] === hash && lengths[number] === length) break;
  }
  if (slots[slot] === 0 || seen[number] === use) return;
  seen[number] = use;
  const mask = masks[number] as number;
  for (let i = 0; mask >> i > 0; i += 1) if ((mask >> i) & 1) hits[i] = (hits[i] as number) + 1;
}

function decide(all: number): Language | null {
  let best = 0;
  let second = -1;
  for (let i = 1; i < hits.length; i += 1)
    if ((hits[i] as number) > (hits[best] as number)) {
      second = best;
      best = i;
    } else if (second < 0 || (hits[i] as number) > (hits[second] as number)) second = i;
  const most = hits[best] as number;
  const sure = most >= 5 && most >= all * 0.12 && most >= (hits[second] as number) * 1.7;
  return sure ? (languages[best] ?? null) : null;
}

const onlyEnglish = / (?:the|and|with|that|your|from|which) /;

/** Whether a word stands there that only English has, of these languages; the cheap test before `guessLanguage`. */
export function looksEnglish(lower: string): boolean {
  return onlyEnglish.test(lower);
}

// Words that open short questions and orders, in one of these languages alone.
const openers: Record<Language, RegExp> = {
  English:
    /^(?:what|who|when|where|why|how|which|tell|give|name|explain|describe|write|list|is|are|does|do|can|should)\b/,
  German: /^(?:was|wer|wann|warum|wie|welche[rs]?|nenne|erkläre|beschreibe|schreibe?|ist|gibt|kann)\b/,
  French:
    /^(?:que|quel(?:le)?s?|qui|quand|où|pourquoi|comment|combien|qu'est|est-ce|nommez?|expliquez?|décri(?:s|vez))\b/,
  Spanish: /^¿|^(?:qué|quién|cuándo|dónde|por qué|cómo|cuál|nombra|explica)\b/,
  Italian: /^(?:cosa|chi|quando|dove|perché|quale|spiega|descrivi|che cos)\b/,
  Portuguese: /^(?:o que|quem|quando|onde|por que|como|qual|explique|descreva)\b/,
  Dutch: /^(?:wat|wie|wanneer|waar|waarom|hoe|welke|noem|beschrijf)\b/,
};

/** Whether a lower-case question opens as one in English does. */
export function opensEnglish(lower: string): boolean {
  return openers.English.test(lower);
}

/** The language of a short lower-case question by how it opens; null if it tells nothing, or two languages open so. */
export function guessShort(lower: string): Language | null {
  const found = languages.filter((language) => openers[language].test(lower));
  return found.length === 1 ? (found[0] ?? null) : null;
}
