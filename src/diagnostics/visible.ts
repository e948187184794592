// Text from outside, made harmless: for a terminal, and for a Markdown page.

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

/** Text as Markdown shows it word by word: no link, no picture, no HTML, no table cell that ends early. */
export function markdownText(text: string): string {
  return visible(text.replace(/\s*\r?\n\s*/g, ' ')).replace(/[\\`*_[\]<>|#~!&]/g, (c) => `\\${c}`);
}

/** Text as Markdown code: in as many backticks as it needs. */
export function markdownCode(text: string): string {
  const inner = visible(text.replace(/\s*\r?\n\s*/g, ' '));
  const longest = Math.max(0, ...[...inner.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || inner.startsWith(' ') ? `${fence} ${inner} ${fence}` : `${fence}${inner}${fence}`;
}
