// Colours, by stream: `paint(false)` returns the text as it is.
import { styleText } from 'node:util';

export { visible, visibleControls } from '../../diagnostics/visible.ts';

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

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colour codes that paint() writes
const colorCode = /(\u001b\[\d+m)/;

/** Applies `change` to the text between colour codes and leaves those alone. */
export function mapText(text: string, change: (part: string) => string): string {
  return text
    .split(colorCode)
    .map((part, i) => (i % 2 ? part : change(part)))
    .join('');
}
