// Paths and settings in commands that a user may copy.

/**
 * A word as a shell takes it. Control characters and marks that turn text around are written as escapes (`$'…'` of bash
 * and zsh), so that a name cannot act on the terminal; a leading dash would be taken for an option. `-` alone is stdin.
 */
export function quotePath(path: string): string {
  const word = path.startsWith('-') && path !== '-' ? `./${path}` : path;
  if (/^[\w./:,@+-][\w./:=,@+-]*$/.test(word)) return word;
  if (!hidden.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']/g, (mark) => `\\${mark}`).replace(new RegExp(hidden, 'gu'), escapeOf);
  return `$'${escaped}'`;
}

const hidden = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
