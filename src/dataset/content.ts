// The texts inside an example.
import type { Spot } from './checks/check.ts';
import type { Example, Message } from './example.ts';

/** Whether a message's content is missing, empty, or only white space. */
export function isBlank(content: Message['content']): boolean {
  if (content === null) return true;
  if (typeof content === 'string') return content === '' || content.trim() === '';
  return content.every((part) => typeof part.text !== 'string' || part.text.trim() === '');
}

/** A message's text; null if it has none. */
export function textOf(content: Message['content']): string | null {
  if (content === null || typeof content === 'string') return content;
  return content.map((part) => (typeof part.text === 'string' ? part.text : '')).join('');
}

/**
 * Asks `probe` about every text a model may see: contents, reasoning, and the strings in tool-call arguments.
 * `probe` returns a UTF-16 index or -1; `found` gets the place.
 */
export function eachText(
  example: Example,
  probe: (text: string) => number,
  found: (spot: Spot) => void,
): void {
  for (let i = 0; i < example.messages.length; i += 1) {
    const message = example.messages[i];
    if (!message) continue;
    const text = textOf(message.content);
    const at = text === null ? -1 : probe(text);
    if (at >= 0) found({ message: i, field: 'content', inside: at });
    if (message.reasoning_content !== undefined) {
      const inside = probe(message.reasoning_content);
      if (inside >= 0) found({ message: i, field: 'reasoning_content', inside });
    }
    if (!message.tool_calls) continue;
    for (const [n, call] of message.tool_calls.entries())
      if (someString(call, (each) => probe(each) >= 0))
        found({ message: i, field: 'tool_calls', below: `/${n}` });
  }
}

/** Whether any string or key inside a JSON value passes `test`. */
export function someString(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value);
  if (Array.isArray(value)) return value.some((each) => someString(each, test));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, each]) => test(key) || someString(each, test));
}
