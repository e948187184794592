// Words for speakers in datasets, in addition to those of chat APIs.
import type { Role } from '../example.ts';
import type { TurnStyle } from './turn-style.ts';

/** All known roles of turn lists; `call` is a turn whose text is a tool call. */
export const spokenRoles: ReadonlyMap<string, Role | 'call'> = new Map<string, Role | 'call'>([
  ['system', 'system'],
  ['human', 'user'],
  ['gpt', 'assistant'],
  ['function_call', 'call'],
  ['observation', 'tool'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
  ['developer', 'developer'],
  ['chatgpt', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
  ['bot', 'assistant'],
  ['model', 'assistant'],
  ['tool_call', 'call'],
  ['function-call', 'call'],
  ['tool_response', 'tool'],
  ['function_response', 'tool'],
  ['function-response', 'tool'],
  ['function', 'tool'],
  ['ipython', 'tool'],
]);

/** Other unambiguous words for speakers, in lower case. */
const otherWords: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['prompter', 'user'],
  ['ai', 'assistant'],
  ['chatbot', 'assistant'],
  ['ai assistant', 'assistant'],
  ['ai_assistant', 'assistant'],
]);

/** The role for a turn's word, in upper or lower case; undefined if it is unknown. */
export function roleOf(style: TurnStyle, word: unknown): Role | 'call' | undefined {
  if (typeof word === 'string') {
    const role = style.roles.get(word);
    if (role !== undefined) return role;
    const plain = word.trim().toLowerCase();
    return style.roles.get(plain) ?? spokenRoles.get(plain) ?? otherWords.get(plain);
  }
  // Only a mapping can define what a number or a boolean means.
  return typeof word === 'number' || typeof word === 'boolean' ? style.roles.get(String(word)) : undefined;
}

/** Turns as from and value or as role and content, with any known role. */
export const spokenTurns: TurnStyle = {
  roles: spokenRoles,
  roleKeys: ['from', 'role'],
  contentKeys: ['value', 'content'],
};
