// Colours, by stream: `paint(false)` returns the text as it is.
import { styleText } from 'node:util';

type Style = (text: string) => string;

export interface Ink {
  red: Style;
  green: Style;
  yellow: Style;
  blue: Style;
  magenta: Style;
  cyan: Style;
  dim: Style;
  bold: Style;
}

/** Styles for one stream. */
export function paint(color: boolean): Ink {
  const style = (name: Parameters<typeof styleText>[0]): Style =>
    color ? (text) => styleText(name, text, { validateStream: false }) : (text) => text;
  return {
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    blue: style('blue'),
    magenta: style('magenta'),
    cyan: style('cyan'),
    dim: style('dim'),
    bold: style('bold'),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

// Line separators, and marks that show text in another order than it stands.
const turning = /[\u2028-\u202e\u2066-\u2069]/g;

/** Text from a dataset or a log, made harmless for a terminal: escapes, and what turns text around, become visible. */
export function visible(text: string): string {
  return visibleControls(text).replace(turning, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
}

/** Only the control characters, for those who mark the rest themselves. */
export function visibleControls(text: string): string {
  return text.replace(control, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colour codes that paint() writes
const colorCode = /(\u001b\[\d+m)/;

/** Applies `change` to the text between colour codes and leaves those alone. */
export function mapText(text: string, change: (part: string) => string): string {
  return text
    .split(colorCode)
    .map((part, i) => (i % 2 ? part : change(part)))
    .join('');
}
