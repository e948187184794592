// Text of a dataset on a screen of a given width: harmless, wrapped, and with what is easily overlooked made visible.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { type Ink, visibleControls } from './paint.ts';
import { wrapLines } from './wrap.ts';

// Marks that turn or hide text. Joiners stay: emoji and several scripts need them.
const hidden = /[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

// A row may have megabytes; a key must not take seconds.
const shownUnits = 100_000;

/** A dataset's text as it may be shown: escapes and hidden marks as codes, tabs as spaces, trailing spaces as dots. */
export function showText(text: string, ink: Ink, { dots = true } = {}): string {
  if (text.length > shownUnits) {
    const more = (text.length - shownUnits).toLocaleString('en-US');
    return `${showText(text.slice(0, shownUnits), ink, { dots })}${ink.yellow(` … ${more} more characters are not shown`)}`;
  }
  const shown = visibleControls(text)
    .replace(hidden, (c) => ink.yellow(`\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .replaceAll('\t', '    ');
  return dots ? shown.replace(/ +$/gm, (spaces) => ink.dim('·'.repeat(spaces.length))) : shown;
}

/** Lines no wider than `width`, broken between words if they can be; `indent` goes before each. */
export function wrapText(text: string, width: number, indent = ''): string[] {
  const room = Math.max(8, width - stringWidth(indent));
  return wrapLines(text, room, { hard: true }).map((line) => indent + line);
}

/** One line, cut at `width` columns. */
export function fitLine(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  const [first = ''] = wrapAnsi(line, Math.max(1, width - 1), {
    hard: true,
    wordWrap: false,
    trim: false,
  }).split('\n');
  return `${first}…`;
}

/** `left` and `right` at the two ends of a line; the left one gives way. */
export function spread(left: string, right: string, width: number): string {
  const room = width - stringWidth(right) - 1;
  if (room < 8) return fitLine(left, width);
  const fitted = fitLine(left, room);
  return `${fitted}${' '.repeat(Math.max(1, width - stringWidth(fitted) - stringWidth(right)))}${right}`;
}

/** Items joined by two spaces, over as few lines as they need; none is broken. */
export function flow(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const next = line === '' ? item : `${line}  ${item}`;
    if (line !== '' && stringWidth(next) > width) {
      lines.push(line);
      line = item;
    } else line = next;
  }
  return [...lines, line].map((each) => fitLine(each, width));
}
