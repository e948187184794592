// The differences between two texts that certainly do not matter. Every other
// character counts, so a different sign, bracket, indentation or capital inside the text makes another text.

/**
 * The text in the form for `duplicate_key`: Unicode NFC; line ends become \n; white space at line ends is removed, also
 * blank lines around the text and one space before it. In plain text (`isPlain`) a run of white space inside a line is
 * one space, and a run of blank lines is one. Indentation is kept, except for prose (`isProse`) that is indented as a whole.
 * native/rows.c does the same.
 */
export function keyText(text: string): string {
  const composed = text.normalize('NFC');
  if (!oddSpace.test(composed)) return composed;
  const lines = composed
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  if (first < 0) return '';
  const whole = lines.slice(first).join('\n').trimEnd();
  const body = whole.trimStart();
  const led = whole.length - body.length;
  const kept = led < 2 || isProse(body) ? body : whole;
  return isPlain(kept) ? foldRuns(kept) : kept;
}

// Nearly all texts have none of these: white space at an end, two spaces in a line, three line breaks, or other white space.
const oddSpace = /^\s|\s$|[^\S\n ]| \s|\n\n\n/;

/**
 * The text in the form for pairs. In prose, the case of the first letter, the shape of quotes and dashes, and the form of
 * an ellipsis (one character or three) do not matter either.
 */
export function sameText(text: string): string {
  const key = keyText(text);
  if (!isProse(key)) return key;
  const plain = key
    .replace(/[‘’‛]/g, "'")
    .replace(/[“”„‟]/g, '"')
    .replace(dash, '-')
    .replaceAll('…', '...');
  return plain.replace(/^\p{Lu}/u, (letter) => letter.toLowerCase());
}

// Between numbers a dash may be a minus.
const dash = /(?<!\p{N}\s?)[\u2010-\u2015]|[\u2010-\u2015](?!\s?\p{N})/gu;

// Prose has only letters, digits and punctuation of sentences from ASCII; a bracket directly after a word is a call.
const signs = /(?!\s)\p{Cc}|[#$%&*+/<=>@[\\\]^_`{|}~]|[A-Za-z0-9\x80-\u{10ffff}]\(/u;
// A quote may open a string, in which spaces matter; inside a word it is an apostrophe.
const quotes = /"|(?<![A-Za-z\x80-\u{10ffff}])'|'(?![A-Za-z\x80-\u{10ffff}])/u;
const sentence = /[.!?…](?=["'”’)]*(?:\s|$))|[。！？]/u;

/** Whether nothing in the text suggests code, a formula, markup or a quoted string. */
function isPlain(text: string): boolean {
  return !signs.test(text) && !quotes.test(text);
}

/** Whether the text is plain, ignoring quotes, and contains the end of a sentence. */
function isProse(text: string): boolean {
  return sentence.test(text) && !signs.test(text);
}

function foldRuns(text: string): string {
  if (!/[^\S\n]{2}|[^\S\n ]|\n\n\n/.test(text)) return text;
  return text
    .replace(/\n{3,}/g, '\n\n')
    .split('\n')
    .map((line) => {
      const rest = line.trimStart();
      return line.slice(0, line.length - rest.length) + rest.replace(/\s+/g, ' ');
    })
    .join('\n');
}
