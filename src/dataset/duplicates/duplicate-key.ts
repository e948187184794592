// duplicate_key: what makes two rows duplicates. Another thing than the fingerprint, which forgives nothing.
import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example } from '../example.ts';

/**
 * 128 bits as 16 latin-1 characters: SHA-256, cut, over roles, normalised texts, tool calls, tools and trained turns.
 * Texts are normalised by Unicode NFC, runs of white space become one space, and ends are trimmed. Letter case stays:
 * rows are dropped on this key, so it joins only what no reader would tell apart.
 */
export function duplicateKey(example: Example): string {
  let text = '';
  for (const message of example.messages) {
    text += `\u0001${message.role}${message.train === false ? '\u0002' : ''}\u0003`;
    const content = textOf(message.content);
    if (content !== null) text += normalizeText(content);
    if (message.reasoning_content !== undefined) text += `\u0004${normalizeText(message.reasoning_content)}`;
    if (message.tool_calls) text += `\u0005${canonicalJson(message.tool_calls.map((call) => call.function))}`;
  }
  if (example.tools) text += `\u0006${canonicalJson(example.tools)}`;
  return hash('sha256', text, 'binary').slice(0, 16);
}

// Anything but single plain spaces between other characters.
const uneven = /[^\S ]\s*| \s+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: this asks for ASCII
const beyondAscii = /[^\u0000-\u007f]/;

/** The text as duplicates compare it. */
export function normalizeText(text: string): string {
  const composed = beyondAscii.test(text) ? text.normalize('NFC') : text;
  return composed.replace(uneven, ' ').trim();
}
