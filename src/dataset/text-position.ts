// From a JSON pointer to line and column. Lines end at \n; columns count UTF-16 code units from 1, as editors' "go to" does.
import { maskPrivateJson } from './text/private-data.ts';
import { walkJson } from './walk-json.ts';

export interface Position {
  line: number;
  column: number;
}

/** One RFC 6901 pointer token for a key or an index. */
export function escapePointer(token: string | number): string {
  const text = String(token);
  // Asked for every turn of every row, and nearly always the answer is the key itself.
  return text.includes('~') || text.includes('/') ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text;
}

/** The tokens of an RFC 6901 pointer; `''` has none. */
export function pointerTokens(pointer: string): string[] {
  const tokens = pointer.split('/').slice(1);
  // Asked for every place in a mapped row, and hardly any key is escaped.
  return pointer.includes('~')
    ? tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    : tokens;
}

/**
 * Where the value at `pointer` starts in the raw JSON of a row, in UTF-16 units; the nearest enclosing value where the
 * pointer leads nowhere (a missing field). With `inside`, the place of that UTF-16 unit of the string's value.
 */
export function findPointer(text: string, pointer: string, inside?: number): number {
  // Repeated rows are many, and are pointed at as a whole.
  if (pointer === '' && inside === undefined) return Math.max(0, text.search(/[^ \t\r\n]/));
  const wanted = pointerTokens(pointer);
  let best = 0;
  let bestDepth = -1;
  walkJson(text, {
    value(path, offset) {
      if (path.length > wanted.length || path.length < bestDepth) return;
      // A later equal path wins, as the last of two duplicate keys does in JSON.parse.
      if (path.some((token, i) => String(token) !== wanted[i])) return;
      best = offset;
      bestDepth = path.length;
    },
  });
  if (inside === undefined || bestDepth !== wanted.length || text[best] !== '"') return best;
  return rawOffset(text, best + 1, inside);
}

// A string's value and its raw text differ by the escapes: \n is two units, \u0041 six, for one.
function rawOffset(text: string, start: number, units: number): number {
  let at = start;
  for (let i = 0; i < units && at < text.length && text[at] !== '"'; i += 1)
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  return at;
}

/** Line and column of `offset` in `text`, whose first character stands at `start`. */
export function positionAt(text: string, offset: number, start: Position): Position {
  let line = start.line;
  let lineStart = -1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    lineStart = at;
  }
  return {
    line,
    column: lineStart < 0 ? start.column + offset : offset - lineStart,
  };
}

const excerptWidth = 200;

// A key or an address that begins or ends outside the window is masked in it all the same, up to this far.
const maskedAround = 4_000;

/**
 * The part of the line around `offset`, at most 200 characters, with the caret's column in it (from 1). Secrets and
 * personal data are masked in it, whatever the finding is about.
 */
export function excerptAt(text: string, offset: number): { text: string; column: number } {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const lineEnd = newline < 0 ? text.length : newline;
  const from = Math.max(lineStart, Math.min(offset - 60, lineEnd - excerptWidth));
  const to = Math.min(lineEnd, from + excerptWidth);
  const around = Math.max(lineStart, from - maskedAround);
  const masked = maskPrivateJson(text.slice(around, Math.min(lineEnd, to + maskedAround)));
  return {
    text: masked.slice(from - around, to - around).trimEnd(),
    column: offset - from + 1,
  };
}
