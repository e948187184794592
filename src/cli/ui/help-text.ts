// Help fitted to a terminal: sentences break between words, commands where a shell goes on with a backslash.
import stringWidth from 'string-width';
import { wrapLines } from './wrap.ts';

/** Help text with no line wider than `columns`; other lines stay as they are. */
export function fitHelp(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => (stringWidth(line) <= columns ? [line] : fitLine(line, Math.max(columns, 30))))
    .join('\n');
}

function fitLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  // A command and what it is for: the second column goes under the first if it does not fit beside it.
  const parts = /^( *\S.*?\S) {2,}(\S.*)$/.exec(line);
  if (parts?.[1] && parts[2])
    return [...fitLine(parts[1], columns), ...hang(parts[2], `${indent}    `, columns)];
  if (/^ *lorch /.test(line)) return fitCommand(line, indent, columns);
  return hang(line.slice(indent.length), indent, columns);
}

function hang(text: string, indent: string, columns: number): string[] {
  return wrapLines(text, columns - indent.length).map((each) => `${indent}${each.trim()}`);
}

function fitCommand(line: string, indent: string, columns: number): string[] {
  if (stringWidth(line) <= columns) return [line];
  const lines = wrapLines(line.slice(indent.length), columns - indent.length - 6).map((each) => each.trim());
  return lines.map((each, i) => `${indent}${i > 0 ? '    ' : ''}${each}${i < lines.length - 1 ? ' \\' : ''}`);
}
