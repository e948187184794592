// Keys of a conversation and of everything that it continues: row 2 continues row 1 if it has the key of row 1.
import { hash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import { textOf } from '../content.ts';
import { keyText } from '../duplicates/same-text.ts';
import type { Example } from '../example.ts';

export interface ConversationKeys {
  /** One after each answer but the last. */
  before: string[];
  /** The whole conversation; null unless it ends with an answer. */
  whole: string | null;
}

/** The keys of a row's conversation (for a preference pair, with the chosen answer). 16 latin-1 characters each. */
export function conversationKeys({ messages, chosen, rejected }: Example): ConversationKeys {
  const all = [...messages, ...(chosen ?? rejected ?? [])];
  const keys: string[] = [];
  let key = '';
  all.forEach(({ role, content, tool_calls: calls }, i) => {
    const said = JSON.stringify([role, keyText(textOf(content) ?? '')]);
    const called = calls ? canonicalJson(calls.map((call) => call.function)) : '';
    key = hash('sha256', `${key}\n${said}${called}`, 'binary').slice(0, 16);
    // A row does not end with calls that still need results.
    if (role === 'assistant' && all[i + 1]?.role !== 'tool') keys.push(key);
  });
  const whole = all.at(-1)?.role === 'assistant' ? (keys.pop() ?? null) : null;
  return { before: keys, whole };
}
