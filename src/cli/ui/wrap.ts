// Long lines broken between words, for terminals.
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { OutputStream } from '../context.ts';
import { fitCommand } from './fit-command.ts';

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

/** Text as a stream shows it: broken between words on a terminal, each line at its own indent; unchanged elsewhere. */
export function fitText(
  text: string,
  { isTTY, columns }: Readonly<{ isTTY?: boolean | undefined; columns: number }>,
): string {
  if (!isTTY) return text;
  const room = Math.max(columns, 20);
  return text
    .split('\n')
    .flatMap((line) => (stringWidth(line) <= room ? [line] : fitLine(line, room)))
    .join('\n');
}

/** The stream whose long lines break between words on a terminal: all that stderr says is for people. */
export function fittedStream(stream: OutputStream): OutputStream {
  if (!stream.isTTY) return stream;
  return {
    write: (text) => stream.write(fitText(text, stream)),
    writeRaw: (text) => (stream.writeRaw ?? stream.write)(text),
    isTTY: true,
    color: stream.color,
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}

// What `next:` names is copied: it breaks where a shell goes on.
const command = /^( *)((?:see )?\S*(?:next|undo|each):\S*) (lorch \S.*)$/;

function fitLine(line: string, columns: number): string[] {
  const [, indent = '', label = '', typed] = command.exec(line) ?? [];
  if (typed !== undefined) return [`${indent}${label}`, ...fitCommand(`${indent}  ${typed}`, columns)];
  const own = /^ */.exec(line)?.[0] ?? '';
  const hang = own.length < columns / 2 ? own : '';
  return wrapLines(line.slice(hang.length), columns - hang.length).map((each) =>
    `${hang}${each.replace(/^ +/, '')}`.trimEnd(),
  );
}
