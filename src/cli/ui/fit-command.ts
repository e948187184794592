// A command longer than the terminal, broken so that it can still be copied: a backslash ends each line but the last.
import stringWidth from 'string-width';

/** Lines of at most `columns` columns; a word that is longer stays whole. Spaces inside quotes are never broken at. */
export function fitCommand(line: string, columns: number): string[] {
  if (stringWidth(line) <= columns) return [line];
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = indent;
  for (const word of shellWords(line.trim())) {
    const blank = current.trim() === '';
    const longer = blank ? `${current}${word}` : `${current} ${word}`;
    // Two columns stay free for the backslash.
    if (blank || stringWidth(longer) <= columns - 2) current = longer;
    else {
      lines.push(`${current} \\`);
      // A long id gives up its indent before the terminal breaks it.
      current = `${' '.repeat(Math.max(0, Math.min(indent.length + 4, columns - stringWidth(word) - 2)))}${word}`;
    }
  }
  return [...lines, current];
}

/** The words of a command as they are typed, quotes and escapes included. */
function shellWords(command: string): string[] {
  return command.match(/(?:\\.|\$?'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\s'"\\]|['"])+/g) ?? [];
}
