// Long lines broken between words, for terminals.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

// A single space after colour codes: wrap-ansi puts the one that a break replaces there when the line before is full.
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes open with one
const replaced = /^((?:\u001b\[[0-9;]*m)*) (?=\S)/;

/** Lines of at most `columns` columns; `hard` breaks words that are longer. Indents and inner spaces stay. */
export function wrapLines(text: string, columns: number, { hard = false } = {}): string[] {
  const lines = wrapAnsi(text, columns, { hard, trim: false }).split('\n');
  return lines.map((line, i) =>
    i > 0 && replaced.test(line) && stringWidth(lines[i - 1] ?? '') >= columns
      ? line.replace(replaced, '$1')
      : line,
  );
}

/** Text as a stream shows it: broken between words on a terminal, unchanged elsewhere. */
export function fitText(
  text: string,
  { isTTY, columns }: Readonly<{ isTTY?: boolean | undefined; columns: number }>,
): string {
  return isTTY ? wrapLines(text, Math.max(columns, 20)).join('\n').replace(/ +$/gm, '') : text;
}
