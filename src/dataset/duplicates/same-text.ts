// What two texts may differ in and still say the same: a short list of things that certainly do not matter. Every other
// character counts, so a sign, a bracket, an indentation or a capital inside the text makes another text.

/**
 * The text as `duplicate_key` has it. Unicode NFC. Line ends become \n, white space at the end of a line goes, and so do
 * blank lines around the text and one space before it. In plain text (`isPlain`) a run of white space inside a line is
 * one space, and a run of blank lines is one. Indentation stands; only prose (`isProse`) may be indented as a whole.
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

// Nearly every text is without: white space at an end, two of it in a line, three line breaks, or another kind of it.
const oddSpace = /^\s|\s$|[^\S\n ]| \s|\n\n\n/;

/**
 * The text as pairs compare it. In prose the case of the first letter, the shape of quotes and dashes, and an ellipsis in
 * one character or three count for nothing either.
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

// Of ASCII, prose has letters, digits and the marks of sentences; a bracket right behind a word is a call.
const signs = /(?!\s)\p{Cc}|[#$%&*+/<=>@[\\\]^_`{|}~]|[A-Za-z0-9\x80-\u{10ffff}]\(/u;
// A quote may open a string, whose spaces count; inside a word it is an apostrophe.
const quotes = /"|(?<![A-Za-z\x80-\u{10ffff}])'|'(?![A-Za-z\x80-\u{10ffff}])/u;
const sentence = /[.!?…](?=["'”’)]*(?:\s|$))|[。！？]/u;

/** Whether nothing in the text suggests code, a formula, markup or a quoted string. */
function isPlain(text: string): boolean {
  return !signs.test(text) && !quotes.test(text);
}

/** Whether the text is plain, quotes apart, and has the end of a sentence. */
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
