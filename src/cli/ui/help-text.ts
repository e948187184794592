// Help fitted to a terminal: sentences break between words, commands where a shell goes on with a backslash.
import stringWidth from 'string-width';
import { fitCommand } from './fit-command.ts';
import { wrapLines } from './wrap.ts';

/** Help text with no line wider than `columns`; other lines stay as they are. */
export function fitHelp(text: string, columns: number): string {
  return joinSentences(text.split('\n'), columns)
    .flatMap((line) => (stringWidth(line) <= columns ? [line] : fitLine(line, Math.max(columns, 30))))
    .join('\n');
}

function fitLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  // A command and what it is for: the second column goes under the first if it does not fit beside it.
  const parts = /^( *\S.*?\S) {2,}(\S.*)$/.exec(line);
  if (parts?.[1] && parts[2])
    return [...fitLine(parts[1], columns), ...hang(parts[2], `${indent}    `, columns)];
  if (/^ *lorch /.test(line)) return fitCommand(line, columns);
  return hang(line.slice(indent.length), indent, columns);
}

function hang(text: string, indent: string, columns: number): string[] {
  return wrapLines(text, columns - indent.length).map((each) => `${indent}${each.trim()}`);
}

// A sentence that goes on in the next line of our source is one line again, before it is broken anew.
function joinSentences(lines: readonly string[], columns: number): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    if (before !== undefined && stringWidth(before) > columns && goesOn(before, line))
      joined[joined.length - 1] = `${before} ${line.trim()}`;
    else joined.push(line);
  }
  return joined;
}

function goesOn(before: string, line: string): boolean {
  if (/[.:]$/.test(before) || /^ *(lorch |curl |$)/.test(line) || /^ *lorch /.test(before)) return false;
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const second = /^( *\S.*? {2,})\S/.exec(before)?.[1]?.length;
  return indent === (second ?? /^ */.exec(before)?.[0].length);
}
