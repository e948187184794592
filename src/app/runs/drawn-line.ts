import { stripVTControlCharacters } from 'node:util';

/** What stays on the screen of a line that a progress bar drew over, without colours and cursor movements. */
export function drawnLine(line: string): string {
  const drawn = stripVTControlCharacters(line)
    .split('\r')
    .filter((part) => part !== '');
  return drawn.at(-1) ?? '';
}
