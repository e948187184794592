// A strict JSON walker for text that JSON.parse has already parsed or refused: it finds places, not values.
// It is iterative, so depth needs no stack, and it runs only for rows with findings.

/** Why and where text stops being JSON. `offset` counts UTF-16 units from the start of the text. */
export interface JsonFault {
  offset: number;
  reason: string;
  /** What would fix it, if that is clear. */
  hint?: string;
}

export interface JsonVisitor {
  /** A value starts at `offset`; `path` holds the keys and indexes that lead to it and is reused: copy it. */
  value?(path: readonly (string | number)[], offset: number): void;
  /** The value at `path` ends before `offset`. */
  valueEnd?(path: readonly (string | number)[], offset: number): void;
  /** A member's key starts at `offset` and was already used in the same object; `path` ends with it. */
  duplicateKey?(path: readonly (string | number)[], offset: number): void;
}

interface Level {
  /** Keys seen so far; null in an array. */
  keys: Set<string> | null;
}

const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

// Where the string that opens at `at` goes wrong or closes: by hand, as a regular expression's stack is too small for
// a string of megabytes.
function scanString(text: string, at: number): { end: number; closed: boolean } {
  let i = at + 1;
  for (; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === 34) return { end: i + 1, closed: true };
    if (unit < 32) break;
    if (unit !== 92) continue;
    const after = reach(escapes, text, i);
    if (after < 0) break;
    i = after - 1;
  }
  return { end: i, closed: false };
}

function reach(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Walks `text` from its first value to its end; returns the first fault, or null if it is one JSON value. */
export function walkJson(text: string, visitor: JsonVisitor): JsonFault | null {
  const path: (string | number)[] = [];
  const levels: Level[] = [];
  let at = reach(space, text, 0);
  for (;;) {
    // One value starts at `at`.
    visitor.value?.(path, at);
    const opening = text[at];
    if (opening === '{' || opening === '[') {
      levels.push({ keys: opening === '{' ? new Set() : null });
      at = reach(space, text, at + 1);
      if (text[at] === (opening === '{' ? '}' : ']')) {
        levels.pop();
        at += 1;
      } else {
        path.push(0);
        if (opening === '[') continue;
        const key = readKey(text, at, path, levels, visitor);
        if (typeof key !== 'number') return key;
        at = key;
        continue;
      }
    } else {
      const string = opening === '"' ? scanString(text, at) : null;
      const end = string ? string.end : reach(scalar, text, at);
      if (string && !string.closed) return stringFault(text, at, end);
      if (end < 0) return valueFault(text, at);
      at = end;
    }
    // A value ended: close what closes, then go to the next one.
    for (;;) {
      visitor.valueEnd?.(path, at);
      at = reach(space, text, at);
      const level = levels.at(-1);
      if (!level) return at === text.length ? null : tailFault(text, at);
      const close = level.keys ? '}' : ']';
      if (text[at] === close) {
        levels.pop();
        path.pop();
        at += 1;
        continue;
      }
      if (text[at] !== ',') return separatorFault(text, at, close);
      const comma = at;
      at = reach(space, text, at + 1);
      if (text[at] === close)
        return { offset: comma, reason: `a comma before "${close}"`, hint: 'remove the comma' };
      const index = path.pop();
      path.push(typeof index === 'number' && !level.keys ? index + 1 : 0);
      if (level.keys) {
        const key = readKey(text, at, path, levels, visitor);
        if (typeof key !== 'number') return key;
        at = key;
      }
      break;
    }
  }
}

function readKey(
  text: string,
  at: number,
  path: (string | number)[],
  levels: readonly Level[],
  visitor: JsonVisitor,
): number | JsonFault {
  if (text[at] !== '"') return keyFault(text, at);
  const { end, closed } = scanString(text, at);
  if (!closed) return stringFault(text, at, end);
  const key = JSON.parse(text.slice(at, end)) as string;
  path[path.length - 1] = key;
  const keys = levels.at(-1)?.keys;
  if (keys?.has(key)) visitor.duplicateKey?.(path, at);
  keys?.add(key);
  const colon = reach(space, text, end);
  if (text[colon] !== ':')
    return colon >= text.length
      ? endFault(text)
      : { offset: colon, reason: 'a colon is missing after the key' };
  return reach(space, text, colon + 1);
}

function endFault(text: string): JsonFault {
  return { offset: text.length, reason: 'the row ends before its last bracket closes' };
}

function keyFault(text: string, at: number): JsonFault {
  if (at >= text.length) return endFault(text);
  if (text[at] === "'")
    return { offset: at, reason: 'a key in single quotes', hint: 'JSON takes double quotes only' };
  return { offset: at, reason: `expected a key in double quotes here, not ${show(text, at)}` };
}

function stringFault(text: string, at: number, stop: number): JsonFault {
  if (stop >= text.length) return { offset: at, reason: 'this string is never closed' };
  if (text[stop] === '\\')
    return {
      offset: stop,
      reason: `${JSON.stringify(text.slice(stop, stop + 2)).replaceAll('\\\\', '\\')} is not a JSON escape`,
      hint: 'write a backslash as \\\\',
    };
  if (text[stop] === '\n' || text[stop] === '\r')
    return {
      offset: at,
      reason: 'this string is not closed on its line',
      hint: 'close the quote, or write a line break inside a string as \\n',
    };
  return {
    offset: stop,
    reason: `a raw control character (U+${(text.codePointAt(stop) ?? 0).toString(16).padStart(4, '0').toUpperCase()}) inside a string`,
    hint: 'write it as an escape such as \\t or \\u0000',
  };
}

function valueFault(text: string, at: number): JsonFault {
  if (at >= text.length) return endFault(text);
  const word = /^-?[A-Za-z]+/.exec(text.slice(at, at + 20))?.[0];
  const meant: Record<string, string> = { True: 'true', False: 'false', None: 'null' };
  if (word && meant[word])
    return { offset: at, reason: `${word} is Python, not JSON`, hint: `write ${meant[word]}` };
  if (word && ['NaN', '-NaN', 'Infinity', '-Infinity'].includes(word))
    return { offset: at, reason: `JSON has no ${word}`, hint: 'write null, or leave the field out' };
  if (text[at] === "'")
    return { offset: at, reason: 'a string in single quotes', hint: 'JSON takes double quotes only' };
  return { offset: at, reason: `expected a value here, not ${show(text, at)}` };
}

function separatorFault(text: string, at: number, close: string): JsonFault {
  if (at >= text.length) return endFault(text);
  return {
    offset: at,
    reason: `expected a comma or "${close}" here, not ${show(text, at)}`,
    ...(/["{[\w]/.test(text[at] ?? '') && { hint: 'a comma, or a quote before this, may be missing' }),
  };
}

function tailFault(text: string, at: number): JsonFault {
  if (/^,[ \t\r\n]*$/.test(text.slice(at, at + 20)))
    return {
      offset: at,
      reason: 'a comma after the row',
      hint: 'JSONL has one row on each line, without commas; remove it',
    };
  return {
    offset: at,
    reason: `${show(text, at)} after the end of the row`,
    hint: 'put each row on a line of its own',
  };
}

function show(text: string, at: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
}
