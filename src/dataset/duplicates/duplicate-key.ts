// duplicate_key: what makes two rows duplicates. Another thing than the fingerprint, which forgives nothing.
import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import type { Example } from '../example.ts';

/**
 * 128 bits as 16 latin-1 characters: SHA-256, cut, over roles, normalised texts, tool calls (without their ids), tools
 * and trained turns. Texts are brought to Unicode NFC, runs of white space become one space, and ends are trimmed.
 * Letter case stays: rows are dropped on this key, so it joins only what no reader would tell apart.
 */
export function duplicateKey(example: Example): string {
  let text = '';
  for (const message of example.messages) {
    const content = textOf(message.content);
    const normal = content === null ? null : normalizeText(content);
    // Lengths before texts: no text can pass for the end of its message and another one.
    text += `${message.train === false ? '-' : ''}${message.role} ${normal?.length}:${normal}`;
    if (message.reasoning_content !== undefined || message.tool_calls || message.name !== undefined)
      text += canonicalJson([
        message.name ?? null,
        normalizeText(message.reasoning_content ?? ''),
        message.tool_calls?.map((call) => call.function) ?? [],
      ]);
  }
  if (example.tools) text += `tools ${canonicalJson(example.tools)}`;
  return hash('sha256', text, 'binary').slice(0, 16);
}

// What makes a text other than normal: any space but single plain ones inside, and anything beyond ASCII.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the controls are among the white space
const suspect = /[\u0009-\u000d\u0080-\uffff]| {2}|^ | $/;
const uneven = /[^\S ]\s*| \s+/g;

/** The text as duplicates compare it. */
export function normalizeText(text: string): string {
  return suspect.test(text) ? text.normalize('NFC').replace(uneven, ' ').trim() : text;
}
