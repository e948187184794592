// Counts items, sentences or words of a text, if the count is certain.

const numberWords =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

/** A regular expression's source for a whole number, in digits or as a word up to twenty. */
export const numberSource = `(?:\\d{1,2}|${numberWords.slice(1).join('|')})`;

/** The number that digits or a word say; NaN for anything else. */
export function readNumber(text: string): number {
  const word = numberWords.indexOf(text.toLowerCase());
  return word >= 0 ? word : /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** How many items a list has; null if the text is not a list, or one that can be counted in two ways. */
export function countItems(text: string): number | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const numbered = lines
    .flatMap((line) => /^\s{0,3}(?:\*\*)?(\d{1,3})[.):](?:\s|\*)/.exec(line)?.[1] ?? [])
    .map(Number);
  if (numbered.length > 1) return isCounting(numbered) ? numbered.length : null;
  const bullets = lines.filter((line) => /^(?:[-*•–]|\p{Extended_Pictographic})\s/u.test(line)).length;
  if (bullets > 1) return lines.some((line) => /^\s+[-*•]\s/.test(line)) ? null : bullets;
  if (bullets === 1) return null;
  const inline = Array.from(text.matchAll(/(?:^|\s|\()(\d{1,2})(?:\.\s|\)\s?)/g), ({ 1: each }) =>
    Number(each),
  );
  if (inline.length > 1) return isCounting(inline) ? inline.length : null;
  return inline.length === 1 ? null : countBare(text, lines);
}

function isCounting(numbers: readonly number[]): boolean {
  return numbers.every((each, i) => each === i + 1);
}

// Items without marks: a line each, or one line with commas.
function countBare(text: string, lines: readonly string[]): number | null {
  if (lines.length > 2) {
    const short = lines.every((line) => line.length <= 60 && !/[.:?]\s*$/.test(line) && !/,/.test(line));
    return short ? lines.length : null;
  }
  if (lines.length > 1 || text.length > 300 || /[:;()]|\.\s/.test(text)) return null;
  const parts = text.replace(/[.!]$/, '').split(/,\s*/);
  if (parts.length < 3 || parts.some((part) => part.split(/\s+/).length > 3)) return null;
  const last = parts.at(-1) ?? '';
  // "a, b and c": the last comma is left out. "salt and pepper" inside is one or two.
  if (parts.slice(0, -1).some((part) => /\band\b/.test(part))) return null;
  return /^and\s/.test(last) || !/\sand\s/.test(last) ? parts.length : parts.length + 1;
}

const abbreviation =
  /(?:\b(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|etc|e\.g|i\.e|u\.s|u\.k|a\.m|p\.m|no|inc|ltd|co|approx|fig|vol|mt)|^\s*\d{1,2}|\n\s*\d{1,2})$/i;

/** How many sentences a text of prose has; null for lists, headings, quotes and other text if that is not clear. */
export function countSentences(text: string): number | null {
  if (/\n|["“”:;]|\.\.|…/.test(text) || text.length > 3_000) return null;
  // "Vitamin C. Apples …" and "J. Roe": one capital before the stop may end a sentence or not.
  if (/\b[A-Z]\.\s|\b[cpv]\.\s\d/.test(text)) return null;
  let count = 0;
  let from = 0;
  for (const { index, 0: all } of text.matchAll(/[.!?]+(?=\s|$)/g)) {
    if (abbreviation.test(text.slice(Math.max(0, index - 8), index)) && index + all.length < text.length)
      continue;
    count += 1;
    from = index + all.length;
  }
  return text.slice(from).trim() === '' ? count : count + 1;
}
