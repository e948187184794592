// Python's own notation of lists and dicts, as `str()`, `print` and pandas write them, turned into JSON. Strict: what is
// not certain is not read.
import { createRewriting, type Rewriting } from './offsets.ts';
import type { Offsets } from './raw-row.ts';

export interface FromPython {
  json: string;
  offsets: Offsets;
}

const deepest = 200;
const space = /\s*/y;
const number = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y;
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const word = /(?:True|False|None)(?!\w)/y;
const words: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
/** NumPy's wrapper of a list, and what may follow the list in it. */
const arrayOpens = /(?:np\.|numpy\.)?array\(\s*(?=\[)/y;
const arrayCloses = /\s*(?:,\s*dtype=[\w.'"<>]+\s*)?\)/y;
const plainText = /[^'"\\\p{Cc}\u2028\u2029]+/uy;
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  a: '\x07',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const coded = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/y;

/** Whether text that is not JSON could be Python's notation. Cheap. */
export function looksLikePython(text: string): boolean {
  return /^\s*(?:(?:np\.|numpy\.)?array\(\s*)?[[{(]/.test(text) && /'|\b(?:True|False|None)\b/.test(text);
}

/** The JSON of a list, tuple or dict; null if the text is anything else, or more than that. */
export function fromPython(text: string): FromPython | null {
  const out = createRewriting();
  const reader = { text, at: 0, out };
  skip(reader);
  if (!/^[[{(an]/.test(text.slice(reader.at, reader.at + 1))) return null;
  if (!readValue(reader, 0)) return null;
  skip(reader);
  return reader.at === text.length ? { json: out.text(), offsets: out.offsets() } : null;
}

interface Reading {
  text: string;
  at: number;
  out: Rewriting;
}

function reach(reading: Reading, pattern: RegExp): string | null {
  pattern.lastIndex = reading.at;
  const found = pattern.exec(reading.text);
  if (!found) return null;
  reading.at += found[0].length;
  return found[0];
}

function skip(reading: Reading): void {
  reach(reading, space);
}

function readValue(reading: Reading, depth: number): boolean {
  if (depth > deepest) return false;
  const { text, out, at } = reading;
  const sign = text[at];
  if (sign === '[') return readList(reading, '[', ']', depth);
  if (sign === '(') return readList(reading, '(', ')', depth);
  if (sign === '{') return readDict(reading, depth);
  if (sign === "'" || sign === '"') return readString(reading);
  const found = reach(reading, word);
  if (found) {
    out.add(words[found] ?? 'null', at);
    return true;
  }
  if (reach(reading, arrayOpens) !== null)
    return readList(reading, '[', ']', depth) && reach(reading, arrayCloses) !== null;
  const digits = reach(reading, number);
  if (digits === null) return false;
  const bare = digits
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '.0');
  if (!jsonNumber.test(bare)) return false;
  out.add(bare, at);
  return true;
}

// A list or tuple. NumPy prints dicts of a list one below the other, without commas.
function readList(reading: Reading, open: string, close: string, depth: number): boolean {
  const { text, out } = reading;
  if (text[reading.at] !== open) return false;
  out.add('[', reading.at);
  reading.at += 1;
  let values = 0;
  for (;;) {
    skip(reading);
    if (text[reading.at] === close) break;
    if (values > 0) out.add(',', reading.at);
    const dict = text[reading.at] === '{';
    if (!readValue(reading, depth + 1)) return false;
    values += 1;
    skip(reading);
    if (text[reading.at] === ',') reading.at += 1;
    else if (text[reading.at] !== close && !(dict && text[reading.at] === '{')) return false;
    // `(x)` is x in brackets and no tuple.
    else if (open === '(' && values === 1) return false;
  }
  out.add(']', reading.at);
  reading.at += 1;
  return true;
}

function readDict(reading: Reading, depth: number): boolean {
  const { text, out } = reading;
  out.add('{', reading.at);
  reading.at += 1;
  let members = 0;
  for (;;) {
    skip(reading);
    if (text[reading.at] === '}') break;
    if (members > 0) out.add(',', reading.at);
    const sign = text[reading.at];
    if ((sign !== "'" && sign !== '"') || !readString(reading)) return false;
    members += 1;
    skip(reading);
    if (text[reading.at] !== ':') return false;
    out.add(':', reading.at);
    reading.at += 1;
    skip(reading);
    if (!readValue(reading, depth + 1)) return false;
    skip(reading);
    if (text[reading.at] === ',') reading.at += 1;
    else if (text[reading.at] !== '}') return false;
  }
  out.add('}', reading.at);
  reading.at += 1;
  return true;
}

function readString(reading: Reading): boolean {
  const { text, out } = reading;
  const quote = text[reading.at] ?? '';
  // Three quotes open a text that repr never writes.
  if (text.startsWith(quote.repeat(3), reading.at)) return false;
  out.add('"', reading.at);
  reading.at += 1;
  for (;;) {
    const { at } = reading;
    const plain = reach(reading, plainText);
    if (plain !== null) {
      out.add(plain, at);
      continue;
    }
    const sign = text[at];
    if (sign === undefined || sign === '\n') return false;
    if (sign === quote) break;
    const value = sign === '\\' ? readEscape(reading) : sign;
    if (value === null) return false;
    if (sign !== '\\') reading.at += 1;
    out.add(JSON.stringify(value).slice(1, -1), at);
  }
  out.add('"', reading.at);
  reading.at += 1;
  return true;
}

function readEscape(reading: Reading): string | null {
  coded.lastIndex = reading.at;
  const found = coded.exec(reading.text);
  if (found) {
    reading.at += found[0].length;
    const [, x, u, long, octal] = found;
    const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '', 16) : Number.parseInt(octal, 8);
    return code <= 0x10ffff ? String.fromCodePoint(code) : null;
  }
  const meant = escapes[reading.text[reading.at + 1] ?? ''];
  if (meant === undefined) return null;
  reading.at += 2;
  return meant;
}
